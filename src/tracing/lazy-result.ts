import { clearImmediate, setImmediate } from 'node:timers';

/** What can be awaited: a promise, or something like it. */
export interface Thenable {
  then(...settled: unknown[]): unknown;
}

/** What is done with a result that begins its work when it is awaited. */
export interface LazyResult {
  /** Follows the work: called with a promise that settles as the work does; what it returns settles alike. */
  readonly follow: (work: Promise<unknown>) => Promise<unknown>;
  /** Calls a function where the work is to be done. */
  readonly within: <T>(run: () => T) => T;
  /** Nobody has awaited the result in the turn of the loop that it came in. */
  readonly onNotAwaited: () => void;
}

/** Whether it is a promise that `await` does not ask for its `then`, or whose `then` is that of every promise: its work has begun. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && (value.then === Promise.prototype.then || value.constructor === Promise);
}

/**
 * Has the work of a result followed when it is awaited, and leaves the result the object that it is: a query builder can still be built on, and
 * one that nobody awaits does nothing. Its `then` is replaced, for the turn of the loop at most, and is its own again when it is called. False
 * where it cannot be replaced.
 */
export function followWhenAwaited(result: Thenable, { follow, within, onNotAwaited }: LazyResult): boolean {
  const own = Object.getOwnPropertyDescriptor(result, 'then');
  const { then } = result;
  const restore = (): void => {
    clearImmediate(turn);
    if (own) Object.defineProperty(result, 'then', own);
    else Reflect.deleteProperty(result, 'then');
  };
  const standIn = function (this: Thenable, ...settled: unknown[]): unknown {
    restore();
    const begin = () => new Promise<unknown>((...settle) => void then.apply(this, settle));
    return within(() => follow(begin())).then(...(settled as Parameters<Promise<unknown>['then']>));
  };
  const turn = setImmediate(() => {
    try {
      restore();
    } finally {
      onNotAwaited();
    }
  });
  try {
    const { enumerable = false } = own ?? {};
    Object.defineProperty(result, 'then', { value: standIn, enumerable, configurable: true, writable: true });
    return true;
  } catch {
    clearImmediate(turn);
    return false;
  }
}
