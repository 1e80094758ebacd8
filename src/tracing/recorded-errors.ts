/**
 * The errors that a span has recorded already, so that an exception stands once in a trace: on the span where it was thrown.
 * Kept on `globalThis`, because the preload marks what the SQL spans record, and may be another copy of this file.
 */
const KEY = Symbol.for('grants-otel.recorded-errors');
const holder = globalThis as { [KEY]?: WeakSet<object> };
const recorded = holder[KEY] ?? new WeakSet();
holder[KEY] = recorded;

/** True the first time it sees an error, false after; a thrown primitive is always new. */
export function isFirstRecord(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  if (recorded.has(error)) return false;
  recorded.add(error);
  return true;
}
