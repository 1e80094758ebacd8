import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { toDefinedAttributes, toDefinedString } from './attribute-values.js';
import type { EventRecord, LinkRecord, SpanRecord } from './span-record.js';

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

function toEvent(event: EventRecord): ReadableSpan['events'][number] {
  return {
    ...event,
    name: toDefinedString(event.name),
    attributes: toDefinedAttributes(event.attributes ?? {}),
  };
}

function toLink(link: LinkRecord): ReadableSpan['links'][number] {
  return {
    ...link,
    context: toSpanContext(link.context),
    attributes: toDefinedAttributes(link.attributes ?? {}),
  };
}

function toStatus({ code, message }: SpanRecord['status']): ReadableSpan['status'] {
  return message === undefined ? { code } : { code, message: toDefinedString(message) };
}

/** A span as exporters take it, made from its record. Spans of one process share one `resource` object, which keeps them in one group. */
export function toReadableSpan(record: SpanRecord, resource: Resource): ReadableSpan {
  const context = toSpanContext(record);
  const { traceId, traceFlags, parentSpanId } = record;
  return {
    name: toDefinedString(record.name),
    kind: record.kind,
    spanContext: () => context,
    ...(parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId, traceFlags, spanId: parentSpanId } }),
    startTime: record.startTime,
    endTime: record.endTime,
    duration: duration(record.startTime, record.endTime),
    ended: true,
    status: toStatus(record.status),
    attributes: toDefinedAttributes(record.attributes),
    events: record.events.map(toEvent),
    links: record.links.map(toLink),
    resource,
    instrumentationScope: record.scope,
    droppedAttributesCount: record.droppedAttributesCount,
    droppedEventsCount: record.droppedEventsCount,
    droppedLinksCount: record.droppedLinksCount,
  };
}
