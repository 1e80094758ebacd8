import type { AsyncLocalStorage } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';
import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type OwnContexts, setOwnContexts } from '../src/tracing/active-context.js';

class Itself {
  constructor(promise: object) {
    // biome-ignore lint/correctness/noConstructorReturn: a field can be put on an object that is there already in no other way.
    return promise;
  }
}

/** The context that a promise was made in, kept on the promise where nobody sees it. */
class ContextOfPromise extends Itself {
  readonly #context: Context;

  constructor(promise: object, context: Context) {
    super(promise);
    this.#context = context;
  }

  /** A field that is there already cannot be put again, and nothing may throw where promises are made. */
  static keep(promise: object, context: Context): void {
    if (!(#context in promise)) new ContextOfPromise(promise, context);
  }

  static of(promise: object): Context | undefined {
    return #context in promise ? promise.#context : undefined;
  }
}

/** What is active while promises are followed; undefined for none. */
let active: Context | undefined;
let stopFollowing: (() => void) | undefined;
/** What was active where promises are gone on with in the middle of a run, as some ways of `node:vm` do. */
const interrupted: { readonly by: object; readonly active: Context }[] = [];

/** What is active again when a promise that interrupted a run has been gone on with. One that was cut off, by a timeout, had no end. */
function goOnFrom(promise: object): Context | undefined {
  const at = interrupted.findLastIndex(({ by }) => by === promise);
  return at === -1 ? undefined : interrupted.splice(at)[0]?.active;
}

function followPromises(): void {
  stopFollowing ??= promiseHooks.createHook({
    init(promise) {
      if (active !== undefined) ContextOfPromise.keep(promise, active);
    },
    before(promise) {
      if (active !== undefined) interrupted.push({ by: promise, active });
      active = ContextOfPromise.of(promise);
    },
    after(promise) {
      active = interrupted.length > 0 ? goOnFrom(promise) : undefined;
    },
  }) as () => void;
}

/** Whether `AsyncLocalStorage` hears of every promise by hooks in JavaScript; later it is V8 that keeps what is active. */
function isStorageSlow(nodeVersion: string): boolean {
  return Number.parseInt(nodeVersion, 10) < 24;
}

/**
 * Keeps what is active across what is awaited. By `AsyncLocalStorage`, unless it is told that promises are enough: before Node 24 that costs less
 * than a third of it, and what is called by a timer or a socket, rather than after an `await`, then has nothing active.
 */
export class TracedContextManager extends AsyncLocalStorageContextManager implements OwnContexts {
  #follows: 'undecided' | 'storage' | 'promises' = 'undecided';
  /** That of the class above, should it still be where it was. */
  readonly #storage = (this as unknown as { _asyncLocalStorage?: AsyncLocalStorage<Context> })
    ._asyncLocalStorage;

  /** Does nothing where `AsyncLocalStorage` costs no more, where something was active already, which would be lost, and once it is disabled. */
  followPromisesOnly(): void {
    if (this.#follows !== 'undecided' || !isStorageSlow(process.versions.node)) return;
    followPromises();
    this.#follows = 'promises';
  }

  override active(): Context {
    return this.#follows === 'promises' ? (active ?? ROOT_CONTEXT) : super.active();
  }

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    run: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (this.#follows !== 'promises') {
      this.#follows = 'storage';
      return super.with(context, run, thisArg, ...args);
    }
    const before = active;
    active = context;
    try {
      return run.apply(thisArg, args);
    } finally {
      active = before;
    }
  }

  withTwo<A, B, T>(of: Context, run: (a: A, b: B) => T, a: A, b: B): T {
    if (this.#follows !== 'promises') {
      this.#follows = 'storage';
      return this.#storage ? this.#storage.run(of, run, a, b) : super.with(of, run, undefined, a, b);
    }
    const before = active;
    active = of;
    try {
      return run(a, b);
    } finally {
      active = before;
    }
  }

  override enable(): this {
    setOwnContexts(this);
    return super.enable();
  }

  override disable(): this {
    setOwnContexts(undefined);
    if (this.#follows === 'promises') {
      stopFollowing?.();
      stopFollowing = undefined;
      active = undefined;
      interrupted.length = 0;
    }
    this.#follows = 'storage';
    return super.disable();
  }
}
