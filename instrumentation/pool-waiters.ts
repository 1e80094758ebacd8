import { type Context, context } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { type Method, type Patchable, wrapMethod } from './wrap-method.js';

/** A pool of `pg`, as far as it keeps those who wait for a connection, the last one at the end. */
export interface PoolOfWaiters {
  readonly _pendingQueue?: unknown;
}

const contextOfWaiter = new WeakMap<object, Context>();

function waitersOf({ _pendingQueue: waiters }: PoolOfWaiters): readonly object[] {
  return Array.isArray(waiters) ? waiters : [];
}

/** Calls `connect` of a pool, and notes who waits since, with what is active. */
export function notingWaiter<T>(pool: PoolOfWaiters, connect: () => T): T {
  const before = waitersOf(pool).length;
  const result = connect();
  const waiters = waitersOf(pool);
  const waiter = waiters.at(-1);
  if (waiter !== undefined && waiters.length > before) contextOfWaiter.set(waiter, context.active());
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
    const of = contextOfWaiter.get(waiter as object);
    if (of === undefined) return original.call(this, waiter, ...rest);
    return context.with(of, original, this, waiter, ...rest);
  };
}
