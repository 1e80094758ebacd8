import { type Context, context } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { activeContext } from '../src/tracing/active-context.js';
import { type Method, type Patchable, wrapMethod } from './wrap-method.js';

/** A pool of `pg`, as far as it keeps those who wait for a connection, the last one at the end. */
export interface PoolOfWaiters {
  readonly _pendingQueue?: unknown;
}

const WAITS_IN = Symbol('grants-otel.waits-in');

/** What waits in a pool: an object of the pool's own. A `WeakMap` of thousands of them would cost more than what is noted. */
interface Waiter {
  /** Not enumerable: who has the pool printed does not see it. */
  readonly [WAITS_IN]?: Context;
}

function waitersOf({ _pendingQueue: waiters }: PoolOfWaiters): readonly Waiter[] {
  return Array.isArray(waiters) ? waiters : [];
}

/** Calls `connect` of a pool, and notes who waits since, with what is active. */
export function notingWaiter<T>(pool: PoolOfWaiters, connect: () => T): T {
  const before = waitersOf(pool).length;
  const result = connect();
  const waiters = waitersOf(pool);
  const waiter = waiters.at(-1);
  // It tells by false, and does not throw, where it cannot be put.
  if (waiter && waiters.length > before) Reflect.defineProperty(waiter, WAITS_IN, { value: activeContext() });
  return result;
}

/**
 * A connection that is opened for one who had to wait is opened in what was active there. The pool opens it when another one is given back or
 * taken away, and would have it in the trace of whoever did that.
 */
export class PoolWaiters extends InstrumentationBase {
  constructor() {
    super('grants-otel/pool-waiters', '1', {});
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('pg-pool', ['>=2.0.0 <4'], (exports: Patchable) => {
      wrapMethod(exports, 'newClient', openForWaiter);
      return exports;
    });
  }
}

function openForWaiter(original: Method): Method {
  return function newClient(this: unknown, waiter: unknown, ...rest: unknown[]) {
    const of = (waiter as Waiter | null | undefined)?.[WAITS_IN];
    if (of === undefined) return original.call(this, waiter, ...rest);
    return context.with(of, original, this, waiter, ...rest);
  };
}
