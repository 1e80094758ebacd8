import { createIdSet, type IdSet } from '../id-set.js';
import { isEventSpan, type Span } from '../span.js';
import { type EventFilter, matches, matchesEvent } from '../span-filter.js';
import type { SpanSearch } from '../trace-source.js';

/** What is asked of a file, as far as each span can tell by itself. Plain data, so that it can be sent to a worker. */
export type WantedSpans = Pick<
  SpanSearch,
  'sinceUnixMs' | 'untilUnixMs' | 'serviceName' | 'filter' | 'fields'
> & {
  /** Only spans of these traces, 4 words for each. */
  readonly traceIds?: Uint32Array | undefined;
  /** Event spans that are wanted beside, whatever the rest says. */
  readonly alsoEvents?: EventFilter | undefined;
};

/** What `isEventSpan` and `isSlow` look at: there whatever is asked for. */
const ALWAYS = ['slow', 'eventName'];

/** The attributes that have to be read: those asked for, and those by which spans are chosen. */
export function attributeNames({ fields, filter, alsoEvents }: WantedSpans): string[] {
  const asked = fields === 'all' ? [] : fields;
  const inFilter = [filter, filter.event, alsoEvents].flatMap((wanted) =>
    Object.keys(wanted?.attributes ?? {}),
  );
  return [...new Set([...ALWAYS, ...asked, ...inFilter])];
}

/** Tells whether a span is wanted; its trace is not looked at. */
export function createSpanTest(wanted: WantedSpans): (span: Span) => boolean {
  const { filter, serviceName, alsoEvents } = wanted;
  const since = wanted.sinceUnixMs ?? Number.NEGATIVE_INFINITY;
  const until = wanted.untilUnixMs ?? Number.POSITIVE_INFINITY;
  const isMeant = (span: Span): boolean =>
    span.startUnixMs >= since &&
    span.startUnixMs < until &&
    (serviceName === undefined || span.serviceName === serviceName) &&
    matches(span, filter);
  if (alsoEvents === undefined) return isMeant;
  return (span) => isMeant(span) || (isEventSpan(span) && matchesEvent(span, alsoEvents));
}

/** The traces asked for, if not all are. */
export function traceIdSet({ traceIds }: WantedSpans): IdSet | undefined {
  if (traceIds === undefined) return undefined;
  const set = createIdSet(4);
  for (let at = 0; at < traceIds.length; at += 4) set.add(traceIds.subarray(at, at + 4));
  return set;
}
