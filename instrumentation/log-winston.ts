import { types } from 'node:util';
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

/** A copy of a record, an error perhaps, that whoever looks at it takes for the same, with the ids. */
function withIds(record: object, ids: Ids): object {
  const prototype = Reflect.getPrototypeOf(record);
  const copy: object = types.isNativeError(record) ? new Error() : {};
  Reflect.deleteProperty(copy, 'stack');
  Reflect.setPrototypeOf(copy, prototype);
  const own: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(record);
  const { stack } = own;
  // The getter of some versions of Node tells where the copy was made.
  if (stack?.get && types.isNativeError(record))
    own['stack'] = {
      value: record.stack,
      writable: true,
      enumerable: stack.enumerable === true,
      configurable: true,
    };
  Object.defineProperties(copy, own);
  for (const [key, value] of Object.entries(ids))
    Reflect.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  return copy;
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
      return Reflect.apply(original, this, [withIds(record as object, ids), ...rest]);
    };
  return Object.assign(new WinstonInstrumentation({ disableLogSending: true }), {
    _getPatchedWrite: () => patched,
  } satisfies Internals);
}
