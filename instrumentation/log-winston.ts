import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import { WinstonInstrumentation } from '@opentelemetry/instrumentation-winston';
import type { Method } from './wrap-method.js';

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
  const prototype: unknown = Reflect.getPrototypeOf(record);
  return prototype === Object.prototype || prototype === null;
}

function put(record: object, ids: Ids): void {
  for (const [key, value] of Object.entries(ids))
    Reflect.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true });
}

function copyWith(record: object, ids: Ids): object {
  const copy = Object.create(
    Reflect.getPrototypeOf(record),
    Object.getOwnPropertyDescriptors(record),
  ) as object;
  put(copy, ids);
  return copy;
}

/** Those that have ids of ours: what is no plain object may keep something where no copy comes to, so it gets them itself. */
const marked = new WeakSet<object>();

function unmark(record: object): void {
  if (!marked.delete(record)) return;
  for (const key of ['trace_id', 'span_id', 'trace_flags']) Reflect.deleteProperty(record, key);
}

/** Whether a stream has passed on all that was written to it. */
function isThrough(stream: unknown): boolean {
  const { _writableState, _readableState } = stream as Partial<
    Record<'_writableState' | '_readableState', { length?: number }>
  >;
  return _writableState?.length === 0 && _readableState?.length === 0;
}

/**
 * The stock instrumentation of winston, which puts the ids of the active span into what is logged, and what is active itself, to be printed by
 * whoever prints all of a record, into the application's own objects. Here it is a copy that has them, and nothing else; an error, and the like, has
 * them until it is passed on, or logged again.
 */
export function createWinstonInstrumentation(): WinstonInstrumentation {
  const patched = (original: Method): Method =>
    function write(this: unknown, ...args: unknown[]): unknown {
      const [record, ...rest] = args;
      if (typeof record !== 'object' || record === null) return Reflect.apply(original, this, args);
      unmark(record);
      const ids = activeIds();
      if (!ids) return Reflect.apply(original, this, args);
      if (isPlain(record)) return Reflect.apply(original, this, [copyWith(record, ids), ...rest]);
      put(record, ids);
      marked.add(record);
      try {
        return Reflect.apply(original, this, args);
      } finally {
        if (isThrough(this)) unmark(record);
      }
    };
  return Object.assign(new WinstonInstrumentation({ disableLogSending: true }), {
    _getPatchedWrite: () => patched,
  } satisfies Internals);
}
