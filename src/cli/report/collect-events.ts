import { CAUSE_FIELDS, type Causes, createCauses } from '../../traces/causes.js';
import { createSeenSpans } from '../../traces/seen-spans.js';
import { createSlowSpans, type SlowSpan } from '../../traces/slow-spans.js';
import { isSlow, type Span } from '../../traces/span.js';
import type { SpanFilter } from '../../traces/span-filter.js';
import { createSummary, type SummaryRow, summaryFields } from '../../traces/summary.js';
import { createEventPoints, type EventPoints } from './event-points.js';

/** What the page needs of all events. */
export interface CollectedEvents {
  readonly points: EventPoints;
  readonly summary: readonly SummaryRow[];
  /** The slowest events, flagged or not, slowest first. */
  readonly slowest: readonly SlowSpan[];
  readonly causes: Causes;
  /** Where slow begins, in ms; undefined where no event says so, or they do not agree. */
  readonly slowThresholdMs: number | undefined;
}

export interface CollectOptions {
  readonly wanted: SpanFilter;
  /** How many of the slowest are kept. */
  readonly limit: number;
}

const SUMMARY_KEYS = ['event', 'chainId'];

/** The attributes that {@link createEventCollector} reads. */
export const COLLECTED_FIELDS: readonly string[] = [
  ...new Set([...summaryFields(SUMMARY_KEYS), ...CAUSE_FIELDS, 'slowThresholdMs']),
];

/** Gathers what the page shows out of event spans, each once, however often it comes. */
export function createEventCollector({ wanted, limit }: CollectOptions) {
  const seen = createSeenSpans();
  const points = createEventPoints();
  const summary = createSummary({ keys: SUMMARY_KEYS, wanted });
  const slowest = createSlowSpans(limit);
  const causes = createCauses(undefined);
  const thresholds = new Set<number>();
  return {
    add(span: Span, traceUrl: (traceId: string, spanId: string) => string | undefined): void {
      if (!seen.isNew(span)) return;
      points.add(span);
      summary.add(span);
      if (isSlow(span)) causes.add(span);
      slowest.add(span, traceUrl);
      const threshold = Number(span.attribute('slowThresholdMs') ?? Number.NaN);
      if (threshold > 0 && thresholds.size < 2) thresholds.add(threshold);
    },
    result(): CollectedEvents {
      const [slowThresholdMs] = thresholds.size === 1 ? thresholds : [];
      return {
        points: points.points(),
        summary: summary.result(),
        slowest: slowest.result().slowest,
        causes: causes.result(),
        slowThresholdMs,
      };
    },
  };
}
