import type { MethodRow } from '../../src/tracing/method-table.js';
import { type Holder, isFunction, propertyOf, putExport, reasonOf, replace } from './replace.js';
import { construct, standInBelow, type Wrap } from './stand-in.js';
import { standInsOf } from './wrap-row.js';

/** What is in a field of instances: where it is, and how it is wrapped. */
export interface Field {
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

/** Wraps a field of each instance when a method is first called on it. */
export function wrapFieldBefore(prototype: Holder, method: string, field: Field): string | undefined {
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

/**
 * Wraps a field of each instance when it has been made, by what stands in for the class. Whoever goes up from that finds the class itself, and so
 * what was noted of it, as decorators do.
 */
export function wrapFieldOnceMade(exports: Holder, row: MethodRow, field: Field): string | undefined {
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
