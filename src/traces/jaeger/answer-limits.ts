import type { Span } from '../span.js';
import type { TraceQuery } from './jaeger-dialects.js';

/** Cassandra reads this many times the limit of indexed spans, then looks which traces they belong to. */
const SPANS_READ_PER_TRACE = 3;

/** What an answer tells of how much there was to find. */
export interface AnswerExtent {
  readonly traceCount: number;
  /** Whether the store may have had more to say. */
  readonly isCut: boolean;
  /** Whether it may have stopped at a number of spans, before it had as many traces as asked for. */
  readonly isCutBySpans: boolean;
  /** Of the spans that the store can have found the traces by: how many, and when they began, newest first. */
  readonly foundBy: readonly number[];
  /** Whether traces came that nothing of the window is in: a server that takes no notice of it. */
  readonly isAstray: boolean;
}

function isInside({ startUnixMs }: Span, { fromUnixMs, toUnixMs }: TraceQuery): boolean {
  return startUnixMs >= fromUnixMs && startUnixMs <= toUnixMs;
}

function meets(span: Span, { serviceName, attributes }: TraceQuery): boolean {
  return (
    span.serviceName === serviceName &&
    Object.entries(attributes).every(([key, text]) => String(span.attribute(key)) === text)
  );
}

function countTraces(spans: readonly Span[]): number {
  return new Set(spans.map(({ traceId }) => traceId)).size;
}

/** The start of the newest span of each trace that the store can have found it by. */
function newestOf(spans: readonly Span[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { traceId, startUnixMs } of spans) {
    newest.set(traceId, Math.max(startUnixMs, newest.get(traceId) ?? Number.NEGATIVE_INFINITY));
  }
  return newest;
}

/**
 * Cassandra finds traces by the newest entries of an index, three times as many as the limit on traces. If it stopped there, each trace has
 * a span among those; a trace whose spans are all older shows that it did not, and neither did a store that counts traces. Spans that began
 * in the same microsecond may share an entry.
 */
function mayStopAtSpans(foundBy: readonly number[], newest: readonly number[], maxTraces: number): boolean {
  const limit = maxTraces * SPANS_READ_PER_TRACE;
  if (foundBy.length < limit) return false;
  let entryCount = 0;
  let last = Number.NaN;
  for (const startUnixMs of foundBy) {
    if (startUnixMs !== last && ++entryCount > limit) break;
    last = startUnixMs;
  }
  if (entryCount < limit) return true;
  return newest.every((startUnixMs) => startUnixMs >= last);
}

/** Looks whether an answer was cut, whichever store it came from, by what is in it. */
export function extentOf(spans: readonly Span[], query: TraceQuery): AnswerExtent {
  const inside = spans.filter((span) => isInside(span, query));
  const found = inside.filter((span) => meets(span, query));
  const foundBy = found.map(({ startUnixMs }) => startUnixMs).sort((a, b) => b - a);
  const newest = newestOf(found);
  const traceCount = countTraces(spans);
  const insideCount = countTraces(inside);
  // A trace can be found by what a span does not show, such as an attribute of its resource.
  const foundOtherwise = newest.size < insideCount ? inside.length : 0;
  const isCutBySpans =
    mayStopAtSpans(foundBy, [...newest.values()], query.maxTraces) ||
    foundOtherwise >= query.maxTraces * SPANS_READ_PER_TRACE;
  return {
    traceCount,
    isCut: traceCount >= query.maxTraces || isCutBySpans,
    isCutBySpans,
    foundBy,
    isAstray: insideCount * 2 < traceCount,
  };
}
