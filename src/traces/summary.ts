import { createDurations, type Durations, type GrowingDurations } from './durations.js';
import { createSeenSpans } from './seen-spans.js';
import { isEventSpan, isSlow, type Span } from './span.js';

/** A value that spans are grouped by; undefined stands for none. */
export type GroupValue = string | number | boolean | undefined;

/** The spans that have the same values of what they are grouped by. */
export interface SummaryRow {
  /** In the order of the keys. */
  readonly values: readonly GroupValue[];
  /** Weighted, as all that follows: a kept trace counts for those that were not. */
  readonly slowCount: number;
  readonly errorCount: number;
  readonly durations: Durations;
  /** How many were read. */
  readonly readCount: number;
  /** Whether some of them stand for others. */
  readonly isEstimated: boolean;
  /** When the last of them ended. */
  readonly lastUnixMs: number;
}

interface Group {
  readonly values: readonly GroupValue[];
  readonly durations: GrowingDurations;
  readonly slow: number[];
  readonly errors: number[];
  readonly traces: Set<number>;
  readCount: number;
  lastUnixMs: number;
}

/** Beside attributes: the name of the span, its service, and of an event span the name of the event. */
const PSEUDO_KEYS: Readonly<Record<string, (span: Span) => GroupValue>> = {
  name: (span) => span.name,
  service: (span) => span.serviceName,
  event: (span) => (isEventSpan(span) ? span.name : undefined),
};

/** How each key is read from a span; and the attributes that this needs. */
export function groupingBy(keys: readonly string[]): {
  readonly read: readonly ((span: Span) => GroupValue)[];
  readonly fields: readonly string[];
} {
  return {
    read: keys.map((key) => PSEUDO_KEYS[key] ?? ((span: Span) => span.attribute(key))),
    fields: keys.filter((key) => !Object.hasOwn(PSEUDO_KEYS, key)),
  };
}
