import { isObject } from './json-value.js';
import { readOtlpJson } from './otlp-json.js';
import { isEventSpan, type Span } from './span.js';
import { matches, matchesEvent, type SpanFilter } from './span-filter.js';

/** The spans of a line of OTLP JSON; undefined where it is none. */
export function spansOfLine(line: string): readonly Span[] | undefined {
  try {
    const data: unknown = JSON.parse(line);
    return isObject(data) && Array.isArray(data['resourceSpans']) ? readOtlpJson(data).spans : undefined;
  } catch {
    return undefined;
  }
}

/** Those of a batch that are wanted. What has to hold for the event of a step is looked for in the same batch: traces leave whole. */
export function wantedOf(spans: readonly Span[], filter: SpanFilter): readonly Span[] {
  const { event } = filter;
  const wanted = spans.filter((span) => matches(span, filter));
  if (event === undefined || filter.spans === 'events') return wanted;
  const traceIds = new Set(
    spans.filter((span) => isEventSpan(span) && matchesEvent(span, event)).map(({ traceId }) => traceId),
  );
  return wanted.filter(({ traceId }) => traceIds.has(traceId));
}
