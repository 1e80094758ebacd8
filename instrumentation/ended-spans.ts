import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import { type TimedSpan, toTimedSpan } from './self-time.js';

export interface EndedSpansOptions {
  /** Most spans remembered, of all traces together; past it the oldest trace is forgotten. */
  readonly maxSpans: number;
}

/** Events whose span never ends are forgotten, the oldest first, past so many. */
const MOST_TRACES = 10_000;
const MOST_SPANS_A_TRACE = 10_000;

/**
 * Remembers, of every event that is being handled, when the spans of its trace were and what they are called: what the cause of a slow event
 * is found by where there is no trace buffer. A trace is remembered from the start of its event span to its end; other traces are not.
 */
export class EndedSpans {
  readonly #traces = new Map<string, TimedSpan[]>();
  readonly #maxSpans: number;
  #size = 0;

  constructor({ maxSpans }: EndedSpansOptions) {
    this.#maxSpans = maxSpans;
  }

  /** Begins to remember a trace, if `span` may be the span of an event. */
  started(span: Span): void {
    if (span.kind !== SpanKind.CONSUMER || span.parentSpanContext !== undefined) return;
    this.#traces.set(span.spanContext().traceId, []);
    if (this.#traces.size > MOST_TRACES) this.#forgetOldest();
  }

  ended(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const spans = this.#traces.get(traceId);
    if (!spans) return;
    if (span.parentSpanContext === undefined) {
      this.#forget(traceId, spans);
      return;
    }
    if (spans.length >= MOST_SPANS_A_TRACE) return;
    spans.push(toTimedSpan(span, true));
    this.#size++;
    while (this.#size > this.#maxSpans) this.#forgetOldest();
  }

  /** What has ended of a trace so far. */
  of(traceId: string): readonly TimedSpan[] {
    return this.#traces.get(traceId) ?? [];
  }

  #forget(traceId: string, spans: readonly TimedSpan[]): void {
    this.#traces.delete(traceId);
    this.#size -= spans.length;
  }

  #forgetOldest(): void {
    const [oldest] = this.#traces;
    if (oldest) this.#forget(...oldest);
  }
}
