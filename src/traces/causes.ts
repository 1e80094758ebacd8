import { createSeenSpans } from './seen-spans.js';
import type { Span } from './span.js';

/** What is added up of one cause, on one side of the split. */
export interface CauseSums {
  readonly eventCount: number;
  /** Of the spans that caused it, the self time; of events that tell no cause, their whole duration. */
  readonly selfMs: number;
  /** Of the time of all slow events on this side, 0 to 100. */
  readonly sharePercent: number;
}

export interface CauseRow {
  /** Undefined for the events that tell none. */
  readonly cause: string | undefined;
  /** All, or those before and those after the split. */
  readonly sides: readonly CauseSums[];
}

/** The slow events on one side of the split. */
export interface CausesSide {
  readonly eventCount: number;
  readonly totalMs: number;
  /** What no cause has: the time that these events spent outside of the one span that is their cause. */
  readonly restMs: number;
}

export interface Causes {
  /** The largest first. */
  readonly rows: readonly CauseRow[];
  readonly sides: readonly CausesSide[];
}

interface Sum {
  count: number;
  ms: number;
}

function causeOf(span: Span): { cause: string | undefined; selfMs: number } {
  const cause = span.attribute('slowCause');
  const selfMs = Number(span.attribute('slowCauseMs') ?? Number.NaN);
  if (cause === undefined || !(selfMs >= 0)) return { cause: undefined, selfMs: span.durationMs };
  // It is rounded, and may exceed a duration that is not.
  return { cause: String(cause), selfMs: Math.min(selfMs, span.durationMs) };
}

/** The attributes that {@link createCauses} reads. */
export const CAUSE_FIELDS = ['slow', 'slowCause', 'slowCauseMs', 'eventName'] as const;

/** Adds up the causes of slow events, those before a moment and those from it on apart where one is given. */
export function createCauses(splitUnixMs: number | undefined) {
  const seen = createSeenSpans();
  const sideCount = splitUnixMs === undefined ? 1 : 2;
  const emptySums = (): Sum[] => Array.from({ length: sideCount }, () => ({ count: 0, ms: 0 }));
  const totals = emptySums();
  const byCause = new Map<string | undefined, Sum[]>();
  const add = (sum: Sum | undefined, ms: number): void => {
    if (sum === undefined) return;
    sum.count++;
    sum.ms += ms;
  };
  return {
    add(span: Span): void {
      if (!seen.isNew(span)) return;
      const side = splitUnixMs !== undefined && span.startUnixMs >= splitUnixMs ? 1 : 0;
      const { cause, selfMs } = causeOf(span);
      const sums = byCause.get(cause) ?? emptySums();
      byCause.set(cause, sums);
      add(sums[side], selfMs);
      add(totals[side], span.durationMs);
    },
    result(): Causes {
      const share = (ms: number, side: number): number => {
        const totalMs = totals[side]?.ms ?? 0;
        return totalMs > 0 ? (ms / totalMs) * 100 : 0;
      };
      const rows = [...byCause].map(([cause, sums]) => ({
        cause,
        sides: sums.map(({ count, ms }, side) => ({
          eventCount: count,
          selfMs: ms,
          sharePercent: share(ms, side),
        })),
      }));
      const weight = ({ sides }: CauseRow): number => sides.reduce((sum, { selfMs }) => sum + selfMs, 0);
      const sides = totals.map(({ count, ms }, side) => ({
        eventCount: count,
        totalMs: ms,
        restMs: Math.max(0, ms - rows.reduce((sum, row) => sum + (row.sides[side]?.selfMs ?? 0), 0)),
      }));
      return { rows: rows.sort((a, b) => weight(b) - weight(a)), sides };
    },
  };
}
