import { type ReportedAttributes, reportedAttributes } from './reported-attributes.js';
import { isEventSpan, type Span } from './span.js';

/** What a trace's other spans say that a single span does not. */
export interface TraceFacts {
  /** The event span. */
  readonly event?: {
    readonly name: string;
    readonly durationMs: number;
    readonly attributes: ReportedAttributes;
  };
  /** Of the statistics of the round, after this event. */
  readonly roundStats?: ReportedAttributes;
}

const ROUND_STATS = 'IncrementRoundDonationStats';

/** Gathers facts of some traces from all of their spans. */
export function createTraceFacts() {
  const facts = new Map<string, TraceFacts>();
  return {
    add(span: Span): void {
      const known = facts.get(span.traceId);
      if (isEventSpan(span)) {
        const { name, durationMs } = span;
        facts.set(span.traceId, {
          ...known,
          event: { name, durationMs, attributes: reportedAttributes(span) },
        });
      } else if (span.name === ROUND_STATS) {
        facts.set(span.traceId, { ...known, roundStats: reportedAttributes(span) });
      }
    },
    of: (traceId: string): TraceFacts => facts.get(traceId) ?? {},
  };
}
