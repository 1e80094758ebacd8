import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { withContext } from './active-context.js';
import { describeError } from './describe-error.js';
import { isFirstRecord } from './recorded-errors.js';
import { hideOwnFrames, withRoomForFrames } from './stack-of-error.js';

/** Marks a span as failed: status and `error.type`, and the exception itself where no inner span recorded it. */
function fail(span: Span, error: unknown): void {
  if (!span.isRecording()) return;
  const { type, message, stack } = describeError(error);
  if (isFirstRecord(error, span.spanContext().traceId)) {
    span.addEvent('exception', {
      'exception.type': type,
      'exception.message': message,
      ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
    });
  }
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

/** Whether it has a `then`; never throws. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  if (value instanceof Promise) return true;
  try {
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
  } catch {
    return false;
  }
}

/** A thenable need not return a promise from `then`, as a promise does. */
function toPromise(value: PromiseLike<unknown>): Promise<unknown> {
  if (value instanceof Promise) return value;
  return new Promise((resolve, reject) => {
    value.then(resolve, reject);
  });
}

/** What runs in a span. */
export interface RunInSpan<T> {
  run(span: Span): T;
  /** Called with the result, or with what it resolved to, before the span ends; must not throw. */
  look?(result: unknown, span: Span): void;
}

function settleInSpan<T>(span: Span, call: RunInSpan<T>): T {
  let result: T;
  try {
    result = withRoomForFrames(call, span);
  } catch (error) {
    hideOwnFrames(error);
    fail(span, error);
    span.end();
    throw error;
  }
  if (!isPromiseLike(result)) {
    call.look?.(result, span);
    span.end();
    return result;
  }
  return toPromise(result).then(
    (value) => {
      call.look?.(value, span);
      span.end();
      return value;
    },
    (error: unknown) => {
      hideOwnFrames(error);
      fail(span, error);
      span.end();
      throw error;
    },
  ) as T;
}

/**
 * Runs `run` with `span` active and ends the span when `run` is through: at once, or when the promise that it returned settles.
 * What `run` returns or throws is passed on as it is; for a promise one that settles alike. A thenable that begins its work when it is
 * awaited, as query builders are, begins it here, below the span.
 */
export function runInSpan<T>(span: Span, of: Context, call: RunInSpan<T>): T {
  return withContext(of, settleInSpan<T>, span, call);
}
