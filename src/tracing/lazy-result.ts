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
}

/** Whether it is a promise that `await` does not ask for its `then`, or whose `then` is that of every promise: its work has begun. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && (value.then === Promise.prototype.then || value.constructor === Promise);
}

/**
 * Has the work of a result followed when it is awaited, and leaves the result the object that it is: a query builder can still be built on, and
 * one that nobody awaits does nothing. Its `then` is replaced until it is called, or until what this returns is called; that tells whether it
 * was not awaited by then. Undefined where it cannot be replaced. Never throws.
 */
export function followWhenAwaited(
  result: Thenable,
  { follow, within }: LazyResult,
): (() => boolean) | undefined {
  let isOver = false;
  try {
    const own = Object.getOwnPropertyDescriptor(result, 'then');
    const { then } = result;
    const standIn = function (this: Thenable, ...settled: unknown[]): unknown {
      // In a copy of the result, or where it could not be taken back.
      if (isOver) return then.apply(this, settled);
      takeBack();
      const begin = () => new Promise<unknown>((...settle) => void then.apply(this, settle));
      return within(() => follow(begin())).then(...(settled as Parameters<Promise<unknown>['then']>));
    };
    const takeBack = (): void => {
      isOver = true;
      try {
        // Somebody else may have replaced it since.
        if (Object.getOwnPropertyDescriptor(result, 'then')?.value !== standIn) return;
        if (own) Object.defineProperty(result, 'then', own);
        else Reflect.deleteProperty(result, 'then');
      } catch {
        // It has been frozen.
      }
    };
    const { enumerable = false } = own ?? {};
    Object.defineProperty(result, 'then', { value: standIn, enumerable, configurable: true, writable: true });
    return () => {
      const isUntouched = !isOver;
      if (isUntouched) takeBack();
      return isUntouched;
    };
  } catch {
    return undefined;
  }
}
