import { performance } from 'node:perf_hooks';
import type { HrTime } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace-base';

/** How the SDK keeps the time of a span: its start in whole milliseconds, its end by a clock that is finer by far. */
interface SpanClock {
  startTime: HrTime;
  readonly _startTimeProvided?: boolean;
  readonly _performanceStartTime?: number;
}

let originMs = performance.timeOrigin;

/**
 * What the fine clock has to be added to, to get milliseconds since 1970. It stays the same while that agrees with the system's clock, which tells
 * whole milliseconds: traces that follow each other would overlap by as much if it was taken anew for each. Where the system's clock was set, or
 * the machine slept, it moves no more than it has to.
 */
export function clockOriginMs(): number {
  const before = performance.now();
  const wholeMs = Date.now();
  const least = wholeMs - performance.now();
  const most = wholeMs + 1 - before;
  const agreed = Math.min(Math.max(originMs, least), most);
  // An application may have a system's clock of its own, which tells anything.
  if (Number.isFinite(agreed)) originMs = agreed;
  return originMs;
}

/** Milliseconds since 1970 as seconds and nanoseconds. */
function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

/** A time since 1970: milliseconds, which become seconds and nanoseconds when somebody asks, or those as they were given. */
export type SpanTime = number | HrTime;

/** A time in the form of the API. */
export function hrTimeOf(time: SpanTime): HrTime {
  return typeof time === 'number' ? toHrTime(time) : time;
}

/**
 * Starts a span by the fine clock as well. Rounded starts put siblings of less than a millisecond in the wrong order, let children end after
 * their parents, and make self times wrong by as much. All spans of a trace share one origin, so that they fit together. Spans with a
 * start of the application's own, and those of an SDK that keeps its clock elsewhere, stay as they are.
 */
export function refineStart(span: Span, originMs: number): void {
  const clock = span as unknown as SpanClock;
  if (clock._startTimeProvided !== false || typeof clock._performanceStartTime !== 'number') return;
  clock.startTime = toHrTime(originMs + clock._performanceStartTime);
}
