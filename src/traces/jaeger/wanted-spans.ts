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

/** The spans that a search wants, of whole traces: what has to hold for a trace's event span is looked for among them. */
export function wantedSpans(spans: readonly Span[], search: Wanted): readonly Span[] {
  const { event, spans: kind } = search.filter;
  const wanted = spans.filter((span) => isWanted(span, search));
  if (event === undefined || kind === 'events') return wanted;
  const traceIds = new Set(
    spans.filter((span) => isEventSpan(span) && matchesEvent(span, event)).map(({ traceId }) => traceId),
  );
  return wanted.filter(({ traceId }) => traceIds.has(traceId));
}
