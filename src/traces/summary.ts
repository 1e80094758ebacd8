import { createDurations, type Durations, type GrowingDurations } from './durations.js';
import { createSeenSpans } from './seen-spans.js';
import { isEventSpan, isSlow, type Span } from './span.js';
import { matches, type SpanFilter } from './span-filter.js';
import { createTraceWeights, type TraceWeights } from './trace-weights.js';

/** A value that spans are grouped by, as text; undefined stands for none. */
export type GroupValue = string | undefined;

/** The spans that have the same values of what they are grouped by. */
export interface SummaryRow {
  /** In the order of the keys. */
  readonly values: readonly GroupValue[];
  /** Weighted, as counts and sums of the durations are. */
  readonly slowCount: number;
  readonly errorCount: number;
  readonly durations: Durations;
  /** `eventName` of the first of them. */
  readonly eventName: string | undefined;
  /** When the last of them ended. */
  readonly lastUnixMs: number;
}

interface Group {
  readonly values: readonly GroupValue[];
  readonly durations: GrowingDurations;
  readonly eventName: string | undefined;
  /** The traces of the slow and of the failed ones. */
  readonly slow: number[];
  readonly errors: number[];
  lastUnixMs: number;
}

interface Branch {
  readonly below: Map<GroupValue, Branch>;
  group: Group | undefined;
}

/** Beside attributes: the name of the span, its service, its trace, and of an event span the name of the event. */
const PSEUDO_KEYS: Readonly<Record<string, (span: Span) => GroupValue>> = {
  name: (span) => span.name,
  service: (span) => span.serviceName,
  traceId: (span) => span.traceId,
  event: (span) => (isEventSpan(span) ? span.name : undefined),
};

/** What spans can be grouped by beside attributes. */
export const KEYS_BESIDE_ATTRIBUTES: readonly string[] = Object.keys(PSEUDO_KEYS);

/** The attributes that {@link createSummary} reads. */
export function summaryFields(keys: readonly string[]): readonly string[] {
  return [
    'slow',
    'eventName',
    'keepRatio',
    ...keys.filter((key) => key !== 'eventName' && !Object.hasOwn(PSEUDO_KEYS, key)),
  ];
}

function readerOf(key: string): (span: Span) => GroupValue {
  const pseudo = Object.hasOwn(PSEUDO_KEYS, key) ? PSEUDO_KEYS[key] : undefined;
  return (
    pseudo ??
    ((span) => {
      const value = span.attribute(key);
      return value === undefined || typeof value === 'string' ? value : String(value);
    })
  );
}

function weighted(traces: readonly number[], { weightOf }: TraceWeights): number {
  return traces.reduce((sum, traceAt) => sum + weightOf(traceAt), 0);
}

export interface SummaryOptions {
  /** Attributes, or `name`, `service`, `traceId`, `event`. */
  readonly keys: readonly string[];
  /** Which of the spans that are shown count; others only tell of their trace. */
  readonly wanted: SpanFilter;
}

/**
 * Adds up spans in groups. A span counts once, however often it comes; one of a trace that stands for others counts for all of them, which
 * is known by the end at the latest.
 */
export function createSummary({ keys, wanted }: SummaryOptions) {
  const seen = createSeenSpans();
  const weights = createTraceWeights();
  const durations = createDurations(weights.weightOf);
  const readers = keys.map(readerOf);
  const root: Branch = { below: new Map(), group: undefined };
  const groups: Group[] = [];

  const groupOf = (span: Span): Group => {
    let branch = root;
    for (const read of readers) {
      const value = read(span);
      let next = branch.below.get(value);
      if (next === undefined) {
        next = { below: new Map(), group: undefined };
        branch.below.set(value, next);
      }
      branch = next;
    }
    if (branch.group !== undefined) return branch.group;
    const eventName = span.attribute('eventName');
    branch.group = {
      values: readers.map((read) => read(span)),
      durations: durations.create(),
      eventName: eventName === undefined ? undefined : String(eventName),
      slow: [],
      errors: [],
      lastUnixMs: 0,
    };
    groups.push(branch.group);
    return branch.group;
  };

  return {
    add(span: Span): void {
      const traceAt = weights.traceAt(span);
      if (!matches(span, wanted) || !seen.isNew(span)) return;
      const group = groupOf(span);
      group.durations.add(span.durationMs, traceAt);
      if (isSlow(span)) group.slow.push(traceAt);
      if (span.status === 'error') group.errors.push(traceAt);
      group.lastUnixMs = Math.max(group.lastUnixMs, span.startUnixMs + span.durationMs);
    },
    /** One row for each group; what took longest in all comes first. */
    result(): readonly SummaryRow[] {
      return groups
        .map(({ values, eventName, lastUnixMs, ...group }) => ({
          values,
          eventName,
          lastUnixMs,
          slowCount: weighted(group.slow, weights),
          errorCount: weighted(group.errors, weights),
          durations: group.durations.finish(),
        }))
        .sort((a, b) => b.durations.totalMs - a.durations.totalMs);
    },
  };
}
