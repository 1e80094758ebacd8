import { numberOf, type ReportedAttributes, reportedAttributes } from './reported-attributes.js';
import { createSeenSpans } from './seen-spans.js';
import { isEventSpan, type Span } from './span.js';

/** A slow span, with what it says of itself. */
export interface SlowSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Of an event span `<contract>.<event>`. */
  readonly name: string;
  readonly isEvent: boolean;
  readonly startUnixMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: ReportedAttributes;
  /** Where it can be looked at, if it can. */
  readonly traceUrl: string | undefined;
}

/** Slowest first; then the earlier one, then by id, so that the order is the same whatever the sources' order was. */
function bySlowness(a: SlowSpan, b: SlowSpan): number {
  return (
    b.durationMs - a.durationMs ||
    a.startUnixMs - b.startUnixMs ||
    (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1)
  );
}

/** A span as answers hold it, free of whatever it was read from. */
export function toSlowSpan(span: Span, traceUrl: string | undefined): SlowSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    name: span.name,
    isEvent: isEventSpan(span),
    startUnixMs: span.startUnixMs,
    durationMs: span.durationMs,
    failed: span.status === 'error',
    attributes: reportedAttributes(span),
    traceUrl,
  };
}

/** The share of a slow event's duration that its cause took, in percent, at most 100: `slowCauseMs` is rounded. */
export function causeSharePercent({ attributes, durationMs }: SlowSpan): number | undefined {
  const causeMs = numberOf(attributes, 'slowCauseMs');
  if (causeMs === undefined || durationMs <= 0) return undefined;
  return Math.min(100, (causeMs / durationMs) * 100);
}

/** Keeps the slowest `limit` of the spans it is shown; the others are only counted. The same span counts once, however often it comes. */
export function createSlowSpans(limit: number) {
  const seen = createSeenSpans();
  let matchedCount = 0;
  let leastMs = 0;
  let kept: SlowSpan[] = [];
  const cutToLimit = (): void => {
    kept = kept.sort(bySlowness).slice(0, limit);
    if (kept.length === limit) leastMs = kept.at(-1)?.durationMs ?? 0;
  };
  return {
    add(span: Span, traceUrl: (traceId: string, spanId: string) => string | undefined): void {
      if (!seen.isNew(span)) return;
      matchedCount++;
      if (span.durationMs < leastMs) return;
      kept.push(toSlowSpan(span, traceUrl(span.traceId, span.spanId)));
      if (kept.length >= limit * 2 + 1000) cutToLimit();
    },
    /** How many there were, and the slowest of them, slowest first. */
    result(): { matchedCount: number; slowest: readonly SlowSpan[] } {
      cutToLimit();
      return { matchedCount, slowest: kept };
    },
  };
}
