import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { types } from 'node:util';
import { type Context, type Span, SpanStatusCode } from '@opentelemetry/api';
import { activeContext, withContext } from './active-context.js';
import { describeError } from './describe-error.js';
import { followWhenAwaited, isPlainPromise, type Thenable } from './lazy-result.js';
import { isFirstRecord } from './recorded-errors.js';
import { withRoomForFrames } from './room-for-frames.js';
import { hideOwnFrames } from './stack-of-error.js';
import { eventScopeOf } from './step-context.js';

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
  try {
    if (value instanceof Promise) return true;
    return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
  } catch {
    return false;
  }
}

/** What runs in a span. */
export interface RunInSpan<T> {
  run(span: Span): T;
  /** Called with the result, or with what it resolved to, before the span ends; must not throw. */
  look?(result: unknown, span: Span): void;
}

/** By the span of an event: what has to be done before that ends. */
const beforeEndOf = new Map<Span, (() => void)[]>();

function end(span: Span): void {
  if (beforeEndOf.size > 0) {
    const tasks = beforeEndOf.get(span);
    beforeEndOf.delete(span);
    // The last comes first: one result may be that of several steps, the outer ones after the inner.
    for (const task of tasks?.reverse() ?? []) task();
  }
  span.end();
}

function endWith<T>(span: Span, call: RunInSpan<T>, value: unknown): void {
  call.look?.(value, span);
  end(span);
}

function endWithFailure(span: Span, error: unknown): void {
  hideOwnFrames(error);
  fail(span, error);
  end(span);
}

function settleInSpan<T>(span: Span, call: RunInSpan<T>): T {
  let result: T;
  try {
    result = withRoomForFrames(call, span);
  } catch (error) {
    endWithFailure(span, error);
    throw error;
  }
  return passOn(span, call, result) as T;
}

/** Ends the span when what its work came to settles, at once where it cannot; returns what is to be passed on. */
function passOn<T>(span: Span, call: RunInSpan<T>, result: unknown): unknown {
  if (!isPromiseLike(result)) {
    endWith(span, call, result);
    return result;
  }
  try {
    if (isPlainPromise(result) && !hasProperties(result)) return settled(span, call, result);
    return followed(span, call, result as Thenable);
  } catch {
    // It only looks like what can be awaited: a promise behind a proxy, say.
    end(span);
    return result;
  }
}

/** Ends the span when a promise settles; the promise that is returned settles alike. */
function settled<T>(span: Span, call: RunInSpan<T>, promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      endWith(span, call, value);
      return value;
    },
    (error: unknown) => {
      endWithFailure(span, error);
      throw error;
    },
  );
}

/** Whether the application has put something on its promise, a way to cancel it perhaps, or one that goes on from it. */
function hasProperties(promise: object): boolean {
  for (const key in promise) if (Object.hasOwn(promise, key)) return true;
  return false;
}

/** Whether it is a promise of a library that tells by itself whether it is pending. */
function isOfLibrary(result: object): boolean {
  return typeof (result as { isPending?: unknown }).isPending === 'function';
}

/** Follows what is to be passed on as the object that it is, where that can be. */
function followed<T>(span: Span, call: RunInSpan<T>, result: Thenable): unknown {
  const isPlain = isPlainPromise(result);
  if (isPlain || isOfLibrary(result)) {
    const then = isPlain ? Promise.prototype.then : result.then;
    then.call(
      result as unknown as Promise<unknown>,
      (value: unknown) => endWith(span, call, value),
      (error: unknown) => endWithFailure(span, error),
    );
    return result;
  }
  const isOfOtherRealm = types.isPromise(result) && !((result as unknown) instanceof Promise);
  if (isOfOtherRealm) {
    const here = new Promise<unknown>((...settle) => void result.then(...settle));
    return settled(span, call, here);
  }
  followLazily(span, call, result);
  return result;
}

function followLazily<T>(span: Span, call: RunInSpan<T>, result: Thenable): void {
  const of = activeContext();
  const returnedAtMs = performance.now();
  const leave = followWhenAwaited(result, {
    follow: (work) => settled(span, call, work),
    passOn: (result) => passOn(span, call, result),
    fail: (error) => endWithFailure(span, error),
    within: (run) => withContext(of, run, undefined, undefined),
  });
  if (!leave) {
    end(span);
    return;
  }
  const leaveIt = (): void => {
    if (leave()) span.end(returnedAtMs);
  };
  const scope = eventScopeOf(of);
  const event = (scope?.event ?? scope)?.span;
  if (!event || event === span || !event.isRecording()) {
    setImmediate(leaveIt);
    return;
  }
  const tasks = beforeEndOf.get(event);
  if (tasks) tasks.push(leaveIt);
  else beforeEndOf.set(event, [leaveIt]);
}

/**
 * Runs `run` with `span` active and ends the span when `run` is through: at once, or when the promise that it returned settles.
 * What `run` returns or throws is passed on as it is; for a promise it is one that settles alike, unless the application has put something on its own. A
 * query builder, or what else begins its work when it is awaited, is passed on as well, and its work is done below the span, if it is
 * awaited before the event ends, or, outside of an event, in the same turn; else the span ends without it.
 */
export function runInSpan<T>(span: Span, of: Context, call: RunInSpan<T>): T {
  return withContext(of, settleInSpan<T>, span, call);
}
