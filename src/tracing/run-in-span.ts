import { type Context, context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { describeError } from './describe-error.js';
import { isFirstRecord } from './recorded-errors.js';

/** Marks a span as failed: status and `error.type`, and the exception itself where no inner span recorded it. */
function fail(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const { type, message, stack } = describeError(error);
  if (isFirstRecord(error)) {
    span.addEvent('exception', {
      'exception.type': type,
      'exception.message': message,
      ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
    });
  }
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/**
 * Runs `run` with `span` active and ends the span when `run` is through: at once, or when the promise that it returned settles.
 * What `run` returns or throws is passed on as it is.
 */
export function runInSpan<T>(span: Span, of: Context, run: () => T): T {
  let result: T;
  try {
    result = context.with(of, run);
  } catch (error) {
    fail(span, error);
    span.end();
    throw error;
  }
  if (!isPromiseLike(result)) {
    span.end();
    return result;
  }
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      fail(span, error);
      span.end();
      throw error;
    },
  ) as T;
}
