import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** What leaves the process of a finished span: all but the resource, which is the same for every span of a process. */
export interface SpanRecord
  extends Pick<
    ReadableSpan,
    | 'name'
    | 'kind'
    | 'spanContext'
    | 'parentSpanContext'
    | 'startTime'
    | 'endTime'
    | 'status'
    | 'events'
    | 'links'
    | 'instrumentationScope'
    | 'droppedAttributesCount'
    | 'droppedEventsCount'
    | 'droppedLinksCount'
  > {
  /** The span's own: what is put here leaves with it. */
  readonly attributes: Attributes;
  /** Of many spans, and of all of a trace: they leave with the span where it has no such attribute itself. */
  readonly shared?: Attributes | undefined;
  readonly ids?: Attributes | undefined;
}

/** A finished span as a record. That is the span itself: it no longer changes, and copying it would cost the host's thread more than packing it. */
export function toSpanRecord(span: ReadableSpan): SpanRecord {
  return span as SpanRecord;
}
