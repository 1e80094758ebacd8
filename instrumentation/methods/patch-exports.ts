import { isGenerator } from '../../src/tracing/is-generator.js';
import type { MethodRow } from '../../src/tracing/method-table.js';
import type { Method } from '../wrap-method.js';
import { standIn, type Wrap } from './stand-in.js';
import { wrapBatch, wrapEvent, wrapNext } from './wrap-event.js';
import { wrapStep } from './wrap-step.js';

/** What a module exports, to be changed in place. */
export type Exports = Record<string, unknown>;

type Holder = Record<string, unknown>;

/** What a row wraps, as lines and reports call it. */
export function idOf(row: MethodRow): string {
  const { file, method, field } = row;
  return [`${file} ${row.export}`, field ?? method].filter((part) => part !== undefined).join('.');
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
  // A field may be shared by instances.
  const own = new WeakSet<Method>();
  return (original, key) => {
    if (own.has(original)) return original;
    const wrapped = standIn(wrap(original, key), original);
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

/** Replaces a function in `holder`, as the kind of property that it was; says what is wrong where that cannot be. */
function replace(holder: Holder, name: string, wrap: Wrap): string | undefined {
  const original = holder[name];
  const refusal = refusalOf(name, original);
  if (refusal) return refusal;
  const own = Object.getOwnPropertyDescriptor(holder, name);
  if (own && !own.configurable && !own.writable) return `${name} cannot be changed`;
  const { enumerable = false, configurable = true, writable = true } = own ?? {};
  const value = wrap(original as Method, name);
  Object.defineProperty(holder, name, { value, enumerable, configurable, writable });
  return undefined;
}

/** Wraps what an instance has in a field: a function, or an object of functions. */
function wrapField(instance: unknown, field: string, wrap: Wrap): void {
  try {
    const holder = instance as Holder;
    const value = holder[field];
    if (typeof value === 'function') replace(holder, field, wrap);
    if (typeof value !== 'object' || value === null) return;
    for (const name of Object.keys(value)) {
      if (typeof (value as Holder)[name] === 'function') replace(value as Holder, name, wrap);
    }
  } catch {
    // A field that cannot be read or changed stays as it is.
  }
}

/** Wraps a field of each instance when a method is first called on it. */
function wrapFieldBefore(
  prototype: Holder,
  of: { method: string; field: string; wrap: Wrap },
): string | undefined {
  const seen = new WeakSet<object>();
  return replace(prototype, of.method, (original) =>
    standIn(function (this: unknown, ...args: unknown[]): unknown {
      if (typeof this === 'object' && this !== null && !seen.has(this)) {
        seen.add(this);
        wrapField(this, of.field, of.wrap);
      }
      return original.apply(this, args);
    }, original),
  );
}

/** Wraps a field of each instance when it has been made. */
function wrapFieldOnceMade(exports: Exports, row: MethodRow, field: string): string | undefined {
  const wrap = wrapFor(row);
  const original = exports[row.export] as new (...args: unknown[]) => object;
  const made = new Proxy(original, {
    construct(target, args, newTarget) {
      const instance = Reflect.construct(target, args, newTarget) as object;
      wrapField(instance, field, wrap);
      return instance;
    },
  });
  exports[row.export] = made;
  return exports[row.export] === made ? undefined : `${row.export} cannot be changed`;
}

/** Wraps what a row names; returns why it could not, or undefined. */
export function patchExports(exports: Exports, row: MethodRow): string | undefined {
  try {
    const found = exports[row.export];
    if (typeof found !== 'function') return `there is no class or function ${row.export}`;
    const { method, field } = row;
    if (method === undefined) {
      return field === undefined ? replaceExport(exports, row) : wrapFieldOnceMade(exports, row, field);
    }
    const prototype = (found as { prototype?: unknown }).prototype as Holder | undefined;
    if (typeof prototype !== 'object') return `${row.export} is no class`;
    const wrap = wrapFor(row);
    return field === undefined
      ? replace(prototype, method, wrap)
      : wrapFieldBefore(prototype, { method, field, wrap });
  } catch (error) {
    return String(error).split('\n')[0] ?? 'it cannot be wrapped';
  }
}

function replaceExport(exports: Exports, row: MethodRow): string | undefined {
  const refusal = refusalOf(row.export, exports[row.export]);
  if (refusal) return refusal;
  const wrapped = wrapFor(row)(exports[row.export] as Method);
  exports[row.export] = wrapped;
  return exports[row.export] === wrapped ? undefined : `${row.export} cannot be changed`;
}
