import { createSeenSpans } from './seen-spans.js';
import { isEventSpan, isSlow, type Span } from './span.js';

/** A slow event, with what its span says of it; what it does not say is undefined. */
export interface SlowEvent {
  readonly traceId: string;
  readonly spanId: string;
  /** `<contract>.<event>`: the name of the event span. */
  readonly name: string;
  readonly startUnixMs: number;
  readonly durationMs: number;
  readonly chainId: number | string | undefined;
  readonly roundId: string | undefined;
  readonly applicationId: string | undefined;
  readonly thresholdMs: number | undefined;
  /** The span of its trace with the largest self time. */
  readonly cause: string | undefined;
  readonly causeMs: number | undefined;
  /** Where the trace can be looked at, if it can. */
  readonly traceUrl: string | undefined;
}

/** Which events are wanted; undefined stands for any. */
interface EventFilter {
  readonly chainId: number | undefined;
  readonly roundId: string | undefined;
  readonly applicationId: string | undefined;
}

export interface SlowEventsOptions {
  readonly filter: EventFilter;
  /** How many are kept; the others are only counted. */
  readonly limit: number;
}

function textOf(span: Span, name: string): string | undefined {
  const value = span.attribute(name);
  return value === undefined || value === '' ? undefined : String(value);
}

function numberOf(span: Span, name: string): number | undefined {
  const value = span.attribute(name);
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function matches(span: Span, { chainId, roundId, applicationId }: EventFilter): boolean {
  return (
    (chainId === undefined || textOf(span, 'chainId') === String(chainId)) &&
    (roundId === undefined || textOf(span, 'roundId') === roundId) &&
    (applicationId === undefined || textOf(span, 'applicationId') === applicationId)
  );
}

function slowEventOf(span: Span, traceUrl: string | undefined): SlowEvent {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    name: span.name,
    startUnixMs: span.startUnixMs,
    durationMs: span.durationMs,
    chainId: numberOf(span, 'chainId') ?? textOf(span, 'chainId'),
    roundId: textOf(span, 'roundId'),
    applicationId: textOf(span, 'applicationId'),
    thresholdMs: numberOf(span, 'slowThresholdMs'),
    cause: textOf(span, 'slowCause'),
    causeMs: numberOf(span, 'slowCauseMs'),
    traceUrl,
  };
}

/** Slowest first; then the earlier one, then by id, so that the order is the same whatever the sources' order was. */
function bySlowness(a: SlowEvent, b: SlowEvent): number {
  return (
    b.durationMs - a.durationMs ||
    a.startUnixMs - b.startUnixMs ||
    (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1)
  );
}

/** The share of an event's duration that its cause took, in percent, at most 100: `causeMs` is rounded. */
export function causeSharePercent({ causeMs, durationMs }: SlowEvent): number | undefined {
  if (causeMs === undefined || durationMs <= 0) return undefined;
  return Math.min(100, (causeMs / durationMs) * 100);
}

/** Collects the slow events among the spans it is shown. The same span counts once, however often it comes. */
export function createSlowEvents({ filter, limit }: SlowEventsOptions) {
  const seen = createSeenSpans();
  let matchedCount = 0;
  let kept: SlowEvent[] = [];
  const cutToLimit = (): void => {
    kept = kept.sort(bySlowness).slice(0, limit);
  };
  return {
    add(span: Span, traceUrl: string | undefined): void {
      if (!isSlow(span) || !isEventSpan(span) || !matches(span, filter)) return;
      if (!seen.isNew(span)) return;
      matchedCount++;
      kept.push(slowEventOf(span, traceUrl));
      if (kept.length >= limit * 2 + 1000) cutToLimit();
    },
    /** How many matched, and the slowest of them, slowest first. */
    result(): { matchedCount: number; slowest: readonly SlowEvent[] } {
      cutToLimit();
      return { matchedCount, slowest: kept };
    },
  };
}
