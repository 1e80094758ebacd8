import type { Span } from '../span.js';
import type { TraceQuery } from './jaeger-dialects.js';

/** Cassandra reads this many times the limit of indexed spans, then looks which traces they belong to. */
const SPANS_READ_PER_TRACE = 3;

/** What an answer tells of how much there was to find. */
export interface AnswerExtent {
  readonly traceCount: number;
  /** Whether the store may have had more to say. */
  readonly isCut: boolean;
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

/**
 * Cassandra finds traces by the newest entries of an index, three times as many as the limit on traces. If it stopped there, each trace has
 * a span among those; a trace whose spans are all older shows that it did not, and neither did a store that counts traces. The entries and
 * the spans need not agree: spans that began in the same microsecond may share an entry, and what is still being written, or was not
 * written in full, may have spans and no entries. So half of the entries may be missing before this is wrong.
 */
function mayStopAtSpans(foundBy: readonly number[], newest: readonly number[], maxTraces: number): boolean {
  const limit = maxTraces * SPANS_READ_PER_TRACE;
  if (foundBy.length < limit * 0.8) return false;
  let entryCount = 0;
  let last = Number.NaN;
  for (const startUnixMs of foundBy) {
    if (startUnixMs !== last && ++entryCount > limit * 2) break;
    last = startUnixMs;
  }
  return entryCount < limit * 2 || newest.every((startUnixMs) => startUnixMs >= last);
}

/** Looks whether an answer was cut, whichever store it came from, by what is in it. */
export function createAnswerExtent(query: TraceQuery) {
  const traceIds = new Set<string>();
  const insideIds = new Set<string>();
  /** Of each trace that the store can have found by a span: when the newest of those began. */
  const newest = new Map<string, number>();
  const foundBy: number[] = [];
  let insideCount = 0;
  return {
    add(spans: readonly Span[]): void {
      for (const span of spans) {
        const { traceId, startUnixMs } = span;
        traceIds.add(traceId);
        if (!isInside(span, query)) continue;
        insideIds.add(traceId);
        insideCount++;
        if (!meets(span, query)) continue;
        foundBy.push(startUnixMs);
        newest.set(traceId, Math.max(startUnixMs, newest.get(traceId) ?? 0));
      }
    },
    result(): AnswerExtent {
      foundBy.sort((a, b) => b - a);
      // A trace can be found by what a span does not show, such as an attribute of its resource.
      const isFoundOtherwise = newest.size < insideIds.size;
      const isCutBySpans =
        mayStopAtSpans(foundBy, [...newest.values()], query.maxTraces) ||
        (isFoundOtherwise && insideCount >= query.maxTraces * SPANS_READ_PER_TRACE);
      return {
        traceCount: traceIds.size,
        isCut: traceIds.size >= query.maxTraces || isCutBySpans,
        foundBy,
        isAstray: insideIds.size * 2 < traceIds.size,
      };
    },
  };
}
