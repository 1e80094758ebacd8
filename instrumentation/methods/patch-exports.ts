import { closestMethodTo } from '../../src/tracing/closest.js';
import { isGenerator } from '../../src/tracing/is-generator.js';
import type { MethodRow } from '../../src/tracing/method-table.js';
import type { Method } from '../wrap-method.js';
import { passThrough, standIn, type Wrap } from './stand-in.js';
import { wrapBatch, wrapEvent, wrapNext } from './wrap-event.js';
import { wrapStep } from './wrap-step.js';

/** What a module exports, to be changed in place. */
export type Exports = Record<string, unknown>;

type Holder = Record<string, unknown>;

/** A property, if it can be read. */
function read(holder: object, name: string): unknown {
  try {
    return (holder as Holder)[name];
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

/** What a row wraps, as lines and reports call it. */
export function idOf(row: MethodRow): string {
  const { file, method, field } = row;
  return [`${file} ${row.export}`, field ?? method].filter((part) => part !== undefined).join('.');
}

/** What stands in for something, by the row that it does so for: a file may be both imported and required, a field shared by instances. */
const standIns = new WeakMap<MethodRow, WeakSet<object>>();

function standInsOf(row: MethodRow): WeakSet<object> {
  const found = standIns.get(row) ?? new WeakSet();
  standIns.set(row, found);
  return found;
}

/** What was noted of a method, as decorators do, is found by going up from what stands in for it. */
function standInBelow(wrapped: Method, original: Method): Method {
  return Object.setPrototypeOf(standIn(wrapped, original), original) as Method;
}

function wrapFor(row: MethodRow): Wrap {
  const id = idOf(row);
  const wrap =
    row.as === 'event'
      ? wrapEvent(row, id)
      : row.as === 'next'
        ? wrapNext(row, id)
        : row.as === 'batch'
          ? wrapBatch(row, id)
          : wrapStep(row, id);
  const own = standInsOf(row);
  return (original, key) => {
    if (own.has(original)) return original;
    const wrapped = standInBelow(wrap(original, key), original);
    own.add(wrapped);
    return wrapped;
  };
}

/** Why a function cannot be wrapped, or undefined. */
function refusalOf(name: string, found: unknown): string | undefined {
  if (typeof found !== 'function') return `${name} is no function there`;
  if (isGenerator(found)) return `${name} is a generator, which has done nothing yet when it returns`;
  return undefined;
}

/** A property of an object, or of what it inherits from. */
function propertyOf(holder: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = holder; at !== null; at = Reflect.getPrototypeOf(at)) {
    const own = Reflect.getOwnPropertyDescriptor(at, name);
    if (own) return own;
  }
  return undefined;
}

/** What is inherited, as it is when it is called: it may be replaced where it comes from. */
function inherited(holder: Holder, name: string, found: Method): Method {
  return standInBelow(function (this: unknown, ...args: unknown[]): unknown {
    const above = Reflect.getPrototypeOf(holder);
    const now = above && Reflect.get(above, name, this);
    return Reflect.apply(isFunction(now) ? now : found, this, args);
  }, found);
}

/** Replaces a function in `holder`, as the kind of property that it was; says what is wrong where that cannot be. */
function replace(holder: Holder, name: string, wrap: Wrap): string | undefined {
  const { get, set } = propertyOf(holder, name) ?? {};
  if (get ?? set) return `${name} is a getter or a setter there, and may answer otherwise each time`;
  const original = holder[name];
  const refusal = refusalOf(name, original);
  if (refusal) return refusal;
  const own = Object.getOwnPropertyDescriptor(holder, name);
  if (own && !own.configurable && !own.writable) return `${name} cannot be changed`;
  const { enumerable = false, configurable = true, writable = true } = own ?? {};
  let value = wrap(original as Method, name);
  // It is there already, for this very row.
  if (value === original) return undefined;
  if (!own) value = wrap(inherited(holder, name, original as Method), name);
  Object.defineProperty(holder, name, { value, enumerable, configurable, writable });
  return undefined;
}

/** What is in a field of instances: where it is, and how it is wrapped. */
interface Field {
  readonly name: string;
  readonly wrap: Wrap;
  /** Told of the first instance of which it is wrapped, without a reason, and of those before: why theirs is as it was. */
  readonly onSeen: (refusal?: string) => void;
  isWrapped: boolean;
}

/** Wraps what an instance has in a field: a function, or an object of functions. */
function wrapField(instance: unknown, field: Field): void {
  const refusal = refusalOfField(instance, field);
  if (field.isWrapped) return;
  field.isWrapped = refusal === undefined;
  field.onSeen(refusal);
}

function refusalOfField(instance: unknown, { name, wrap }: Field): string | undefined {
  try {
    const holder = instance as Holder;
    const value = holder[name];
    if (typeof value === 'function') return replace(holder, name, wrap);
    const isObject = typeof value === 'object' && value !== null;
    const keys = isObject
      ? Object.keys(value).filter((key) => isFunction(propertyOf(value, key)?.value))
      : [];
    const refusals = keys.map((key) => replace(value as Holder, key, wrap));
    if (keys.length === 0) return `the field ${name} of an instance is no function, and has none of its own`;
    return refusals.includes(undefined) ? undefined : refusals[0];
  } catch (error) {
    // A field that cannot be read or changed stays as it is.
    return reasonOf(error);
  }
}

function isFunction(value: unknown): value is Method {
  return typeof value === 'function';
}

function reasonOf(error: unknown): string {
  return String(error).split('\n')[0] ?? 'it cannot be wrapped';
}

/** Wraps a field of each instance when a method is first called on it. */
function wrapFieldBefore(prototype: Holder, method: string, field: Field): string | undefined {
  const seen = new WeakSet<object>();
  return replace(prototype, method, (original) =>
    standInBelow(function (this: unknown, ...args: unknown[]): unknown {
      if (typeof this === 'object' && this !== null && !seen.has(this)) {
        seen.add(this);
        wrapField(this, field);
      }
      return Reflect.apply(original, this, args);
    }, original),
  );
}

type NewFunction = new (...args: unknown[]) => object;

/** As by `new`; the stack of an error has none of our frames. */
function construct(target: unknown, args: unknown[], newTarget: unknown): object {
  return passThrough(Reflect.construct as Method, undefined, [target, args, newTarget]) as object;
}

/**
 * Wraps a field of each instance when it has been made, by what stands in for the class. Whoever goes up from that finds the class itself, and so
 * what was noted of it, as decorators do.
 */
function wrapFieldOnceMade(exports: Exports, row: MethodRow, field: Field): string | undefined {
  const original = exports[row.export] as NewFunction;
  if (standInsOf(row).has(original)) return undefined;
  const made = new Proxy(original, {
    construct(target, args, newTarget) {
      const instance = construct(target, args, newTarget === made ? target : newTarget);
      wrapField(instance, field);
      return instance;
    },
    getPrototypeOf: (target) => (Object.isExtensible(target) ? target : Reflect.getPrototypeOf(target)),
  });
  standInsOf(row).add(made);
  return putExport(exports, row.export, made);
}

/** What a class has in place of a method that it has not. */
function whyMissing(of: object, method: string): string | undefined {
  if (Object.hasOwn(of, method)) return `${method} is static there, and only what instances have is wrapped`;
  const meant = closestMethodTo(method, (of as { prototype: object }).prototype);
  return meant && `${method} is no function there; did you mean ${meant}?`;
}

/**
 * Wraps what a row names; returns why it could not, or undefined. What is in a field is seen later, when there is an instance: `onSeen` is told
 * whether it was wrapped, or why not.
 */
export function patchExports(exports: Exports, row: MethodRow, onSeen: Field['onSeen']): string | undefined {
  try {
    const found = exports[row.export];
    if (typeof found !== 'function') return `there is no class or function ${row.export}`;
    const { method } = row;
    const field =
      row.field === undefined ? undefined : { name: row.field, wrap: wrapFor(row), onSeen, isWrapped: false };
    if (method === undefined)
      return field ? wrapFieldOnceMade(exports, row, field) : replaceExport(exports, row);
    const prototype = (found as { prototype?: unknown }).prototype as Holder | undefined;
    if (typeof prototype !== 'object') return `${row.export} is no class`;
    const missing = propertyOf(prototype, method) === undefined ? whyMissing(found, method) : undefined;
    if (missing) return missing;
    return field ? wrapFieldBefore(prototype, method, field) : replace(prototype, method, wrapFor(row));
  } catch (error) {
    return reasonOf(error);
  }
}

/** Replaces an export; says what is wrong where that cannot be. */
function putExport(exports: Exports, name: string, value: unknown): string | undefined {
  const original = exports[name];
  if (!Reflect.set(exports, name, value) || exports[name] !== value) {
    const { get, set } = Object.getOwnPropertyDescriptor(exports, name) ?? {};
    return `${name} cannot be replaced there${get && !set ? '; name the file that defines it' : ''}`;
  }
  // Some are their own default, for those who import them.
  const own = Object.getOwnPropertyDescriptor(original, 'default');
  if (own?.value === original && own?.writable) Reflect.set(original as Holder, 'default', value);
  return undefined;
}

/** The prototype of a class, and of what is built in, cannot be replaced; nor can any of what is frozen, whose source has to tell. */
function isClass(found: Method): boolean {
  if (Object.isFrozen(found)) return /^class\b/.test(Function.prototype.toString.call(found));
  return Object.getOwnPropertyDescriptor(found, 'prototype')?.writable === false;
}

/** What stands in for an exported function is it in all but that it is called otherwise: it may have properties, or be called by `new`. */
function replaceExport(exports: Exports, row: MethodRow): string | undefined {
  const original = exports[row.export] as Method;
  if (standInsOf(row).has(original)) return undefined;
  if (isClass(original)) return `${row.export} is a class: name a method of it, or a field of its instances`;
  const refusal = refusalOf(row.export, original);
  if (refusal) return refusal;
  const call = wrapFor(row)(original);
  const wrapped: Method = new Proxy(original, {
    apply: (_original, self, args) => Reflect.apply(call, self, args),
    construct: (target, args, newTarget: unknown) =>
      construct(target, args, newTarget === wrapped ? target : newTarget),
  });
  standInsOf(row).add(wrapped);
  return putExport(exports, row.export, wrapped);
}
