import type { MethodRow } from '../../src/tracing/method-table.js';

/** What a module exports, to be changed in place. */
export type Exports = Record<string, unknown>;

/** A property, if it can be read. */
function read(holder: object, name: string): unknown {
  try {
    return (holder as Exports)[name];
  } catch {
    return undefined;
  }
}

/** What CommonJS exports as `default` is, for an `import`, within the `default` that is all of it. */
function holderOfDefault(exports: Exports): Exports {
  const whole = read(exports, 'default');
  const isWithin =
    typeof whole === 'object' && whole !== null && typeof read(whole, 'default') === 'function';
  return isWithin ? (whole as Exports) : exports;
}

/** Whether an export is a getter for good, as some compilers make those of CommonJS. */
function isGetter(exports: Exports, name: string): boolean {
  const own = Object.getOwnPropertyDescriptor(exports, name);
  return own?.get !== undefined && own.set === undefined && !own.configurable;
}

/** What stands in for exports that are getters: those can be replaced in it; all else is read, and written, where it is. */
function replaceableCopy(exports: Exports): Exports {
  const copy = Object.create(Object.getPrototypeOf(exports)) as Exports;
  for (const [name, { enumerable = false }] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    const set = (value: unknown): void => {
      if (isGetter(exports, name))
        Object.defineProperty(copy, name, { value, enumerable, configurable: true, writable: true });
      else exports[name] = value;
    };
    Object.defineProperty(copy, name, { get: () => exports[name], set, enumerable, configurable: true });
  }
  return copy;
}

/** What a file exports, as rows name it: what CommonJS exports as a whole, `module.exports = class …`, is its `default`. */
export class NamedExports {
  #exports: Exports;
  readonly #isFixed: boolean;
  /** What the whole is found in; undefined where that is no function, or one that holds what a compiler made of ES exports. */
  readonly #whole: { default: Exports } | undefined;

  /** `of`: whether what is exported as a whole can only be changed, and not replaced. */
  constructor(exports: Exports, of?: 'fixed') {
    const isWhole = typeof exports === 'function' && !read(exports, '__esModule');
    const whole = Object.defineProperty({ default: exports }, 'default', { writable: of !== 'fixed' });
    this.#exports = exports;
    this.#isFixed = of === 'fixed';
    this.#whole = isWhole ? whole : undefined;
  }

  /** Where the export of a row is found, and changed. */
  holderOf({ export: name, method }: MethodRow): Exports {
    const isReplaced = method === undefined && !this.#isFixed;
    if (isReplaced && isGetter(this.#exports, name)) this.#exports = replaceableCopy(this.#exports);
    if (name !== 'default') return this.#exports;
    return this.#whole ?? holderOfDefault(this.#exports);
  }

  /** What the file exports now: what stands in for the whole of it, where that was wrapped. */
  now(): Exports {
    return this.#whole?.default ?? this.#exports;
  }
}
