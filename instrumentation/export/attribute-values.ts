import type { AttributeValue } from '@opentelemetry/api';

/** Strings of Node 20 know this; the library that is compiled against does not tell of it yet. */
type WellFormable = string & { toWellFormed(): string };

function toDefinedText(text: string): string {
  return (text as WellFormable).toWellFormed();
}

/**
 * OTLP has 64-bit integers and the exporter writes every whole number as one, in JSON as `1e+21` where it is large; a NaN becomes null. A
 * collector answers either by refusing the whole batch.
 */
function toDefinedNumber(value: number): number | string {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
    ? value
    : String(value);
}

function toDefinedPrimitive(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') return toDefinedText(value);
  if (typeof value === 'number') return toDefinedNumber(value);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return undefined;
}

/**
 * An attribute's value in a form that every collector takes, whatever the host put there past the types: a bigint, a date (ISO 8601), a
 * number that is not finite or too large for a safe integer become strings, half a surrogate pair becomes U+FFFD; `undefined`, null and
 * objects have no such form, and it is undefined for them.
 */
export function toDefinedValue(value: unknown): AttributeValue | undefined {
  if (!Array.isArray(value)) return toDefinedPrimitive(value);
  return value.map((item) => toDefinedPrimitive(item) ?? null) as AttributeValue;
}

/** A name or a message as a string, whatever the host gave. */
export function toDefinedString(value: unknown): string {
  return toDefinedText(typeof value === 'string' ? value : String(value ?? ''));
}
