import { isGenerator } from '../../src/tracing/is-generator.js';
import type { Method } from '../wrap-method.js';
import { standInBelow, type Wrap } from './stand-in.js';

export type Holder = Record<string, unknown>;

/** Why a function cannot be wrapped, or undefined. */
export function refusalOf(name: string, found: unknown): string | undefined {
  if (typeof found !== 'function') return `${name} is no function there`;
  if (isGenerator(found)) return `${name} is a generator, which has done nothing yet when it returns`;
  return undefined;
}

/** A property of an object, or of what it inherits from. */
export function propertyOf(holder: object, name: string): PropertyDescriptor | undefined {
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
export function replace(holder: Holder, name: string, wrap: Wrap): string | undefined {
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

export function isFunction(value: unknown): value is Method {
  return typeof value === 'function';
}

/** Replaces an export; says what is wrong where that cannot be. */
export function putExport(exports: Holder, name: string, value: unknown): string | undefined {
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

/** What an error says, in a line. */
export function reasonOf(error: unknown): string {
  return String(error).split('\n')[0] ?? 'it cannot be wrapped';
}
