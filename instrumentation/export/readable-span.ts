import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanRecord } from './span-record.js';

type ContextRecord = { traceId: string; spanId: string; traceFlags: number; traceState?: string };

function toSpanContext({ traceId, spanId, traceFlags, traceState }: ContextRecord): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags,
    ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
  };
}

function duration([startS, startNs]: [number, number], [endS, endNs]: [number, number]): [number, number] {
  const ns = endNs - startNs;
  return ns < 0 ? [endS - startS - 1, ns + 1e9] : [endS - startS, ns];
}

/** A span as exporters take it, made from its record. Spans of one process share one `resource` object, which keeps them in one group. */
export function toReadableSpan(record: SpanRecord, resource: Resource): ReadableSpan {
  const context = toSpanContext(record);
  const { traceId, traceFlags, parentSpanId } = record;
  return {
    name: record.name,
    kind: record.kind,
    spanContext: () => context,
    ...(parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId, traceFlags, spanId: parentSpanId } }),
    startTime: record.startTime,
    endTime: record.endTime,
    duration: duration(record.startTime, record.endTime),
    ended: true,
    status: record.status,
    attributes: record.attributes,
    events: record.events.map((event) => ({ ...event })),
    links: record.links.map((link) => ({ ...link, context: toSpanContext(link.context) })),
    resource,
    instrumentationScope: record.scope,
    droppedAttributesCount: record.droppedAttributesCount,
    droppedEventsCount: record.droppedEventsCount,
    droppedLinksCount: record.droppedLinksCount,
  };
}
