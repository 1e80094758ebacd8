import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** One finished span as plain data, fit for another thread. Times are `[seconds, nanoseconds]` since 1970, as the SDK keeps them. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly traceFlags: number;
  readonly name: string;
  /** As the API counts: 0 internal … 4 consumer. */
  readonly kind: number;
  readonly startTime: [number, number];
  readonly endTime: [number, number];
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Record<string, AttributeValue>;
  readonly events: readonly EventRecord[];
  readonly links: readonly LinkRecord[];
  readonly scope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export interface EventRecord {
  readonly name: string;
  readonly time: [number, number];
  readonly attributes?: Record<string, AttributeValue>;
  readonly droppedAttributesCount?: number;
}

export interface LinkRecord {
  readonly context: {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceFlags: number;
    readonly traceState?: string;
  };
  readonly attributes?: Record<string, AttributeValue>;
  readonly droppedAttributesCount?: number;
}

const plain = (attributes: Attributes): Record<string, AttributeValue> =>
  attributes as Record<string, AttributeValue>;

function toEventRecord(event: ReadableSpan['events'][number]): EventRecord {
  return {
    name: event.name,
    time: event.time,
    ...(event.attributes ? { attributes: plain(event.attributes) } : {}),
    ...(event.droppedAttributesCount ? { droppedAttributesCount: event.droppedAttributesCount } : {}),
  };
}

function toLinkRecord(link: ReadableSpan['links'][number]): LinkRecord {
  const { traceId, spanId, traceFlags, traceState } = link.context;
  return {
    context: { traceId, spanId, traceFlags, ...(traceState ? { traceState: traceState.serialize() } : {}) },
    ...(link.attributes ? { attributes: plain(link.attributes) } : {}),
    ...(link.droppedAttributesCount ? { droppedAttributesCount: link.droppedAttributesCount } : {}),
  };
}

/**
 * A finished span as plain data. It shares the attributes, times and status of the span, which no longer change once it has ended; the
 * resource is left out, because it is the same for every span of a process.
 */
export function toSpanRecord(span: ReadableSpan): SpanRecord {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const parentSpanId = span.parentSpanContext?.spanId;
  return {
    traceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    ...(traceState ? { traceState: traceState.serialize() } : {}),
    traceFlags,
    name: span.name,
    kind: span.kind,
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status as SpanRecord['status'],
    attributes: plain(span.attributes),
    events: span.events.length === 0 ? [] : span.events.map(toEventRecord),
    links: span.links.length === 0 ? [] : span.links.map(toLinkRecord),
    scope: span.instrumentationScope as SpanRecord['scope'],
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
