import { isSlow, type Span } from '../traces/span.js';
import { eventOfOthers, matches, type SpanFilter } from '../traces/span-filter.js';
import type { SpanSearch } from '../traces/trace-source.js';

/** What there is of one kind of spans, whatever else was asked for. */
export interface Census {
  count: number;
  slowCount: number;
  firstUnixMs: number;
  lastUnixMs: number;
  /** Those that meet every filter but the flag. */
  matchingCount: number;
  /** The longest of these, in ms. */
  longestMs: number;
  readonly services: Set<string>;
  /** Some of their names. */
  readonly names: Set<string>;
  /** Some of the values that there are of the attributes that were asked for; that which was wanted in any case. */
  readonly values: ReadonlyMap<string, Set<string>>;
}

/** More values of an attribute than these are of no help. */
const MOST_VALUES = 12;
/** Among so many names what was meant is looked for. */
export const MOST_NAMES = 200;

export interface CensusTaker {
  readonly census: Census;
  add(span: Span): void;
}

/** Counts spans against what was wanted, of which service and when. */
export function takeCensus(
  { slow, ...wanted }: SpanFilter,
  {
    sinceUnixMs = 0,
    untilUnixMs = Number.POSITIVE_INFINITY,
    serviceName,
  }: Pick<SpanSearch, 'sinceUnixMs' | 'untilUnixMs' | 'serviceName'>,
): CensusTaker {
  const keys = Object.keys(wanted.attributes ?? {});
  const census: Census = {
    count: 0,
    slowCount: 0,
    firstUnixMs: Number.POSITIVE_INFINITY,
    lastUnixMs: 0,
    matchingCount: 0,
    longestMs: 0,
    services: new Set(),
    names: new Set(),
    values: new Map(keys.map((key) => [key, new Set()])),
  };
  // What has to hold for the event of another span cannot be told from that span.
  const canTell = eventOfOthers(wanted) === undefined;
  return {
    census,
    add(span) {
      census.count++;
      if (isSlow(span)) census.slowCount++;
      census.firstUnixMs = Math.min(census.firstUnixMs, span.startUnixMs);
      census.lastUnixMs = Math.max(census.lastUnixMs, span.startUnixMs);
      if (span.serviceName !== undefined && census.services.size < MOST_VALUES)
        census.services.add(span.serviceName);
      if (census.names.size < MOST_NAMES) census.names.add(span.name);
      for (const [key, values] of census.values) {
        const value = span.attribute(key);
        if (value === undefined) continue;
        const text = String(value);
        if (values.size <= MOST_VALUES || text === String(wanted.attributes?.[key])) values.add(text);
      }
      const isThen = span.startUnixMs >= sinceUnixMs && span.startUnixMs < untilUnixMs;
      const isOfService = serviceName === undefined || span.serviceName === serviceName;
      if (!canTell || !isThen || !isOfService || !matches(span, wanted)) return;
      census.matchingCount++;
      census.longestMs = Math.max(census.longestMs, span.durationMs);
    },
  };
}
