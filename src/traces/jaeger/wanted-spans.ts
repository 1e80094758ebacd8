import { isEventSpan, type Span } from '../span.js';
import { matches, matchesEvent } from '../span-filter.js';
import type { SpanSearch } from '../trace-source.js';

type Wanted = Pick<SpanSearch, 'sinceUnixMs' | 'untilUnixMs' | 'serviceName' | 'filter'>;

function isWanted(span: Span, { sinceUnixMs, untilUnixMs, serviceName, filter }: Wanted): boolean {
  return (
    (sinceUnixMs === undefined || span.startUnixMs >= sinceUnixMs) &&
    (untilUnixMs === undefined || span.startUnixMs < untilUnixMs) &&
    (serviceName === undefined || span.serviceName === serviceName) &&
    matches(span, filter)
  );
}

/** Collects the spans that a search wants, of whole traces: what has to hold for a trace's event span is looked for among all of them. */
export function createWantedSpans(search: Wanted) {
  const { event, spans: kind } = search.filter;
  const asksForEvent = event !== undefined && kind !== 'events';
  const traceIds = new Set<string>();
  const wanted: Span[] = [];
  return {
    add(spans: readonly Span[]): void {
      for (const span of spans) {
        if (isWanted(span, search)) wanted.push(span);
        if (asksForEvent && isEventSpan(span) && matchesEvent(span, event)) traceIds.add(span.traceId);
      }
    },
    result(): readonly Span[] {
      return asksForEvent ? wanted.filter(({ traceId }) => traceIds.has(traceId)) : wanted;
    },
  };
}
