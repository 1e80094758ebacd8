import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { WinstonInstrumentation } from '@opentelemetry/instrumentation-winston';
import type { Method } from './wrap-method.js';

type Record = object & { [key: PropertyKey]: unknown };

interface Ids {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: string;
}

/** What the stock instrumentation calls of itself. */
interface Internals {
  _getPatchedWrite(): (original: Method) => Method;
}

function activeIds(): Ids | undefined {
  const of = trace.getSpanContext(context.active());
  if (!of || !isSpanContextValid(of)) return undefined;
  return { trace_id: of.traceId, span_id: of.spanId, trace_flags: `0${of.traceFlags.toString(16)}` };
}

function isPlain(record: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(record);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a stream has passed on all that was written to it. */
function isThrough(stream: unknown): boolean {
  return (stream as { _writableState?: { length?: number } } | undefined)?._writableState?.length === 0;
}

/** Writes an error, which has to stay the one that it is; it has the ids until it was passed on. */
function writeError(
  write: (record: Record) => unknown,
  { record, ids }: { record: Record; ids: Ids },
  stream: unknown,
): unknown {
  const own = Object.keys(ids).filter((key) => !(key in record));
  for (const key of own) Reflect.set(record, key, ids[key as keyof Ids]);
  try {
    return write(record);
  } finally {
    if (isThrough(stream)) for (const key of own) Reflect.deleteProperty(record, key);
  }
}

/**
 * The stock instrumentation of winston, which puts the ids of the active span into what is logged, and what is active itself, to be printed by
 * whoever prints all of a record, into the application's own objects. Here it is a copy that has them, and nothing else.
 */
export function createWinstonInstrumentation(): WinstonInstrumentation {
  const patched = (original: Method): Method =>
    function write(this: unknown, ...args: unknown[]): unknown {
      const [record, ...rest] = args;
      const ids = typeof record === 'object' && record !== null ? activeIds() : undefined;
      if (!ids) return Reflect.apply(original, this, args);
      const writeIt = (given: object): unknown => Reflect.apply(original, this, [given, ...rest]);
      if (isPlain(record as object)) return writeIt({ ...(record as object), ...ids });
      return writeError(writeIt, { record: record as Record, ids }, this);
    };
  return Object.assign(new WinstonInstrumentation({ disableLogSending: true }), {
    _getPatchedWrite: () => patched,
  } satisfies Internals);
}
