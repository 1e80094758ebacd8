import { SpanKind } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { setOwnAttribute } from '../own-attribute.js';
import { durationMsOf } from '../recorder/recorded-span.js';
import { largestSelfTime, type TimedSpan, toTimedSpan } from '../self-time.js';
import type { SlowEventLog } from '../slow-event-log.js';
import { doNothing } from './guarded-processor.js';

export interface SlowSpansOptions {
  /** For every span that has no threshold of its own, in ms; 0 is off. */
  readonly thresholdMs: number;
  /** By span name, in ms; a name matches itself and what follows it after `:`, the longest match wins, 0 is off for that name. */
  readonly thresholdsByNameMs: ReadonlyMap<string, number>;
  /** The spans of a trace that this process knows of, by trace id. */
  readonly spansOf: (traceId: string) => readonly TimedSpan[];
  readonly log: SlowEventLog;
}

const MOST_CACHED_NAMES = 1000;

/**
 * Flags spans that took at least their threshold: `slow` and `slowThresholdMs`, on an event span `slowCause` and `slowCauseMs` too. It does
 * so in `onEnding`, where the duration is known and the span can still be written.
 */
export class SlowSpansProcessor implements SpanProcessor {
  /** What takes less is slow by none of the thresholds, in ms. */
  readonly leastMs: number;
  readonly #options: SlowSpansOptions;
  readonly #thresholdMsOf = new Map<string, number>();

  constructor(options: SlowSpansOptions) {
    this.#options = options;
    const thresholds = [options.thresholdMs, ...options.thresholdsByNameMs.values()];
    this.leastMs = Math.min(...thresholds.filter((ms) => ms > 0));
  }

  readonly onStart = doNothing;

  onEnding(span: Span): void {
    const durationMs = durationMsOf(span);
    if (durationMs < this.leastMs) return;
    const thresholdMs = this.#threshold(span.name);
    if (thresholdMs === 0 || durationMs < thresholdMs) return;
    setOwnAttribute(span, 'slow', true);
    setOwnAttribute(span, 'slowThresholdMs', thresholdMs);
    if (isEventSpan(span)) this.#explain(span, { durationMs, thresholdMs });
  }

  readonly onEnd = doNothing;

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}

  #explain(span: Span, { durationMs, thresholdMs }: { durationMs: number; thresholdMs: number }): void {
    const { traceId } = span.spanContext();
    const cause = largestSelfTime(toTimedSpan(span, true), this.#options.spansOf(traceId));
    const causeMs = Math.round(cause.selfMs);
    setOwnAttribute(span, 'slowCause', cause.name);
    setOwnAttribute(span, 'slowCauseMs', causeMs);
    this.#options.log.slowEvent({
      name: span.name,
      durationMs,
      thresholdMs,
      attributes: span.attributes,
      cause: cause.name,
      causeMs,
      traceId,
    });
  }

  #threshold(name: string): number {
    const cached = this.#thresholdMsOf.get(name);
    if (cached !== undefined) return cached;
    const thresholdMs = matchThreshold(name, this.#options);
    if (this.#thresholdMsOf.size < MOST_CACHED_NAMES) this.#thresholdMsOf.set(name, thresholdMs);
    return thresholdMs;
  }
}

function matchThreshold(name: string, options: SlowSpansOptions): number {
  let longest = -1;
  let thresholdMs = options.thresholdMs;
  for (const [prefix, ms] of options.thresholdsByNameMs) {
    if (prefix.length <= longest || (name !== prefix && !name.startsWith(`${prefix}:`))) continue;
    longest = prefix.length;
    thresholdMs = ms;
  }
  return thresholdMs;
}

function isEventSpan(span: Span): boolean {
  return (
    span.kind === SpanKind.CONSUMER &&
    (span.parentSpanContext === undefined || span.attributes['eventName'] !== undefined)
  );
}
