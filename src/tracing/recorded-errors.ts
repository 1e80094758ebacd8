/**
 * In which traces an error is recorded already, so that an exception stands once in a trace: on the span where it was thrown.
 * Kept on `globalThis`, because the preload marks what the SQL spans record, and may be another copy of this file.
 */
const KEY = Symbol.for('grants-otel.recorded-errors');

interface RecordedErrors {
  /** The ids of the traces; none yet where it is recorded in the trace that meets it first. */
  readonly objects: WeakMap<object, Set<string>>;
  /** Texts, numbers and the like that were thrown lately, by trace. */
  readonly primitives: Map<string, Set<unknown>>;
}

const holder = globalThis as { [KEY]?: RecordedErrors };
holder[KEY] ??= { objects: new WeakMap(), primitives: new Map() };
const { objects, primitives } = holder[KEY];

/** Traces in which an error stands, of which one may be thrown for years, and those in which something was thrown that is no object: the last so many. */
const MOST_TRACES = 256;
/** What is no object, and was thrown in one trace. */
const MOST_PRIMITIVES = 64;

function addToLast(most: number, to: Set<unknown>, value: unknown): void {
  if (to.size >= most) to.delete(to.values().next().value);
  to.add(value);
}

function isObject(error: unknown): error is object {
  return (typeof error === 'object' && error !== null) || typeof error === 'function';
}

/** Notes that a span records an error, whatever trace that is in. */
export function markRecorded(error: unknown): void {
  if (isObject(error) && !objects.has(error)) objects.set(error, new Set());
}

/** True the first time that it sees an error in a trace, false after. */
export function isFirstRecord(error: unknown, traceId: string): boolean {
  if (!isObject(error)) return isFirstPrimitive(error, traceId);
  const traces = objects.get(error);
  if (!traces) {
    objects.set(error, new Set([traceId]));
    return true;
  }
  const isMarkedOnly = traces.size === 0;
  if (traces.has(traceId)) return false;
  addToLast(MOST_TRACES, traces, traceId);
  return !isMarkedOnly;
}

function isFirstPrimitive(error: unknown, traceId: string): boolean {
  let known = primitives.get(traceId);
  if (!known) {
    if (primitives.size >= MOST_TRACES) primitives.delete(primitives.keys().next().value as string);
    known = new Set();
    primitives.set(traceId, known);
  }
  if (known.has(error)) return false;
  addToLast(MOST_PRIMITIVES, known, error);
  return true;
}
