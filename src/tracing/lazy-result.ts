/** What can be awaited: a promise, or something like it. */
export interface Thenable {
  then(...settled: unknown[]): unknown;
}

/** What is done with a result that begins its work when it is awaited. */
export interface LazyResult {
  /** Follows the work: called with a promise that settles as the work does; what it returns settles alike. */
  readonly follow: (work: Promise<unknown>) => Promise<unknown>;
  /** Takes what the work came to, a promise perhaps; returns what is to be passed on. */
  readonly passOn: (result: unknown) => unknown;
  /** Notes that the work could not even begin. */
  readonly fail: (error: unknown) => void;
  /** Calls a function where the work is to be done. */
  readonly within: <T>(run: () => T) => T;
}

type Method = (this: Thenable, ...args: unknown[]) => unknown;

/** Whether it is a promise that `await` does not ask for its `then`, or whose `then` is that of every promise: its work has begun. */
export function isPlainPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise && (value.then === Promise.prototype.then || value.constructor === Promise);
}

/** Never throws: of one that is frozen, say, nothing can be replaced. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** A method as it is called, unless a function of the application's has to be asked for it. */
function methodOf(of: object, name: string): Method | undefined {
  for (let at: object | null = of; at; at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) return typeof descriptor.value === 'function' ? (descriptor.value as Method) : undefined;
  }
  return undefined;
}

/** Puts a method in the place of another one, with all that this has; returns what takes it back. May throw. */
function replaceMethod(
  of: object,
  { name, original, value }: { name: string; original: Method; value: Method },
) {
  const { prototype: _, ...properties } = Object.getOwnPropertyDescriptors(original);
  Object.defineProperties(value, properties);
  const own = Object.getOwnPropertyDescriptor(of, name);
  const { enumerable = false } = own ?? {};
  Object.defineProperty(of, name, { value, enumerable, configurable: true, writable: true });
  return () => {
    // Somebody else may have replaced it since.
    if (Object.getOwnPropertyDescriptor(of, name)?.value !== value) return;
    if (own) Object.defineProperty(of, name, own);
    else Reflect.deleteProperty(of, name);
  };
}

/** Stands in for the methods of a result by which its work may begin, until one of them is called. */
class LazyWork {
  isOver = false;
  readonly #to: LazyResult;
  readonly #takeBacks: (() => void)[] = [];

  constructor(to: LazyResult) {
    this.#to = to;
  }

  /** Whether a method could be replaced. In a copy of the result, or where it cannot be taken back, the original is called. */
  replace(
    of: Thenable,
    name: string,
    begin: (of: Thenable, original: Method, args: unknown[]) => unknown,
  ): boolean {
    const work = this;
    const replaced = attempt(() => {
      const original = name === 'then' ? (of.then as Method) : methodOf(of, name);
      if (!original) return undefined;
      const value: Method = function (...args) {
        return work.isOver ? original.apply(this, args) : begin(this, original, args);
      };
      return replaceMethod(of, { name, original, value });
    });
    if (replaced) this.#takeBacks.push(replaced);
    return replaced !== undefined;
  }

  takeBack(): void {
    this.isOver = true;
    for (const one of this.#takeBacks) attempt(one);
  }

  byThen(of: Thenable, then: Method, settled: unknown[]): unknown {
    this.takeBack();
    const { follow, within } = this.#to;
    const work = () => new Promise<unknown>((...settle) => void then.apply(of, settle));
    return within(() => follow(work())).then(...(settled as Parameters<Promise<unknown>['then']>));
  }

  /** `execute`, which returns what the work came to. */
  byExecute(of: Thenable, execute: Method, args: unknown[]): unknown {
    this.takeBack();
    const { within, passOn, fail } = this.#to;
    let result: unknown;
    try {
      result = within(() => execute.apply(of, args));
    } catch (error) {
      fail(error);
      throw error;
    }
    return passOn(result);
  }

  /** `catch` and `finally`, most of which go by one of the others. */
  byHandler(of: Thenable, method: Method, args: unknown[]): unknown {
    let failure: { readonly error: unknown } | undefined;
    const given = args.map((arg) => {
      // With a class of errors first, as of Bluebird, it is not told what comes.
      if (args.length > 1 || typeof arg !== 'function') return arg;
      return function (this: unknown, ...handled: unknown[]): unknown {
        if (handled.length > 0) failure ??= { error: handled[0] };
        return Reflect.apply(arg, this, handled);
      };
    });
    const { within, passOn, fail } = this.#to;
    const result = within(() => method.apply(of, given));
    // One with properties of its own stays itself.
    if (this.isOver || !isPlainPromise(result) || Object.keys(result).length > 0) return result;
    this.takeBack();
    return result.then(
      (value) => {
        if (failure) fail(failure.error);
        else passOn(value);
        return value;
      },
      (error: unknown) => {
        fail(failure ? failure.error : error);
        throw error;
      },
    );
  }
}

/**
 * Has the work of a result followed when it is awaited, and leaves the result the object that it is: a query builder can still be built on, and
 * one that nobody awaits does nothing. Its `then` is replaced until it is called, or until what this returns is called; that tells whether it
 * was not awaited by then. So are `execute`, `catch` and `finally`, of which not all begin the work by `then`. Undefined where `then` cannot be
 * replaced. Never throws.
 */
export function followWhenAwaited(result: Thenable, to: LazyResult): (() => boolean) | undefined {
  const work = new LazyWork(to);
  if (!work.replace(result, 'then', (...call) => work.byThen(...call))) return undefined;
  work.replace(result, 'execute', (...call) => work.byExecute(...call));
  for (const name of ['catch', 'finally']) work.replace(result, name, (...call) => work.byHandler(...call));
  return () => {
    const isUntouched = !work.isOver;
    if (isUntouched) work.takeBack();
    return isUntouched;
  };
}
