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

type Method = (this: Thenable, ...args: unknown[]) => unknown;

/** Whether it is a promise that `await` does not ask for its `then`, or whose `then` is that of every promise: its work has begun. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && (value.then === Promise.prototype.then || value.constructor === Promise);
}

/** Puts another method in the place of one that an object has; returns what takes it back, or undefined where there is none. May throw. */
function replaceMethod(
  of: object,
  name: string,
  make: (original: Method) => Method,
): (() => void) | undefined {
  const original: unknown = Reflect.get(of, name);
  if (typeof original !== 'function') return undefined;
  const own = Object.getOwnPropertyDescriptor(of, name);
  const { enumerable = false } = own ?? {};
  const value = make(original as Method);
  Object.defineProperty(of, name, { value, enumerable, configurable: true, writable: true });
  return () => {
    // Somebody else may have replaced it since.
    if (Object.getOwnPropertyDescriptor(of, name)?.value !== value) return;
    if (own) Object.defineProperty(of, name, own);
    else Reflect.deleteProperty(of, name);
  };
}

/** Never throws: of one that is frozen, say, nothing can be replaced. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/**
 * Has the work of a result followed when it is awaited, and leaves the result the object that it is: a query builder can still be built on, and
 * one that nobody awaits does nothing. Its `then` is replaced until it is called, or until what this returns is called; that tells whether it
 * was not awaited by then. So are `catch`, `finally` and `execute`, of which not all begin the work by `then`. Undefined where `then` cannot be
 * replaced. Never throws.
 */
export function followWhenAwaited(
  result: Thenable,
  { follow, within }: LazyResult,
): (() => boolean) | undefined {
  let isOver = false;
  const takeBacks: ((() => void) | undefined)[] = [];
  const takeBack = (): void => {
    isOver = true;
    for (const one of takeBacks) if (one) attempt(one);
  };
  const begin = (of: Thenable, then: Method): Promise<unknown> => {
    takeBack();
    const work = () => new Promise<unknown>((...settle) => void then.apply(of, settle));
    return within(() => follow(work()));
  };
  const then = attempt(() => result.then as Method);
  if (!then) return undefined;
  /** In a copy of the result, or where it could not be taken back, the original is called. */
  const byThen = (original: Method): Method =>
    function (...settled) {
      if (isOver) return original.apply(this, settled);
      return begin(this, then).then(...(settled as Parameters<Promise<unknown>['then']>));
    };
  const byOne =
    (name: 'catch' | 'finally') =>
    (original: Method): Method =>
      function (...settled) {
        // Of a class of errors, say, which promises do not know: it may go by `then` yet.
        if (isOver || settled.length !== 1) return original.apply(this, settled);
        return begin(this, then)[name](settled[0] as () => void);
      };
  const byExecute = (original: Method): Method =>
    function (...args) {
      if (isOver) return original.apply(this, args);
      takeBack();
      try {
        const work = within(() => original.apply(this, args));
        if (isPlainPromise(work)) return follow(work);
        // It cannot be told when that is through.
        void follow(Promise.resolve());
        return work;
      } catch (error) {
        follow(Promise.reject(error)).catch(() => {});
        throw error;
      }
    };
  const replaced = attempt(() => replaceMethod(result, 'then', byThen));
  if (!replaced) return undefined;
  takeBacks.push(
    replaced,
    attempt(() => replaceMethod(result, 'catch', byOne('catch'))),
    attempt(() => replaceMethod(result, 'finally', byOne('finally'))),
    attempt(() => replaceMethod(result, 'execute', byExecute)),
  );
  return () => {
    const isUntouched = !isOver;
    if (isUntouched) takeBack();
    return isUntouched;
  };
}
