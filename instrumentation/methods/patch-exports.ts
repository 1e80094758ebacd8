import { closestMethodTo } from '../../src/tracing/closest.js';
import type { MethodRow } from '../../src/tracing/method-table.js';
import type { Method } from '../wrap-method.js';
import type { Exports } from './named-exports.js';
import { type Field, wrapFieldBefore, wrapFieldOnceMade } from './patch-field.js';
import { type Holder, propertyOf, putExport, reasonOf, refusalOf, replace } from './replace.js';
import { construct } from './stand-in.js';
import { standInsOf, wrapFor } from './wrap-row.js';

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
