import { performance } from 'node:perf_hooks';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { activeContext, withContext } from './active-context.js';
import { describeError } from './describe-error.js';
import { followWhenAwaited, isPlainPromise, type Thenable } from './lazy-result.js';
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

/** What the application has put on its promise, a way to cancel it perhaps, is on the one that it gets. */
function withOwnProperties<T>(of: object, promise: Promise<T>): Promise<T> {
  for (const key in of) {
    const own = Object.getOwnPropertyDescriptor(of, key);
    if (own) Object.defineProperty(promise, key, own);
  }
  return promise;
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
  if (isPlainPromise(result)) return withOwnProperties(result, settled(span, call, result)) as T;
  const of = activeContext();
  const returnedAtMs = performance.now();
  const isFollowed = followWhenAwaited(result as Thenable, {
    follow: (work) => settled(span, call, work),
    within: (run) => withContext(of, run, undefined, undefined),
    onNotAwaited: () => span.end(returnedAtMs),
  });
  if (!isFollowed) span.end();
  return result;
}

/** Ends the span when a promise settles. */
function settled<T>(span: Span, call: RunInSpan<T>, promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
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
  );
}

/**
 * Runs `run` with `span` active and ends the span when `run` is through: at once, or when the promise that it returned settles.
 * What `run` returns or throws is passed on as it is; for a promise it is one that settles alike. A query builder, or what else begins its work
 * when it is awaited, is passed on as well, and its work is done below the span; where it is not awaited at once, the span ends without it.
 */
export function runInSpan<T>(span: Span, of: Context, call: RunInSpan<T>): T {
  return withContext(of, settleInSpan<T>, span, call);
}
