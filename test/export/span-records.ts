import { Batches } from '../../instrumentation/export/batches.js';
import type { PackedBatch } from '../../instrumentation/export/packed-batch.js';
import type { SpanRecord } from '../../instrumentation/export/span-record.js';

const scope = { name: 'grants-otel' };

/** A finished span of a trace, with all that is not given left at what is usual. */
export function record(
  traceId: string,
  { context = {}, ...more }: Partial<SpanRecord> & { context?: object } = {},
): SpanRecord {
  const spanContext = { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1, ...context };
  return {
    spanContext: () => spanContext,
    name: 'InsertDonation',
    kind: 0,
    startTime: [1_728_000_000, 1],
    endTime: [1_728_000_000, 2],
    status: { code: 0 },
    attributes: {},
    events: [],
    links: [],
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...more,
  };
}

/** Spans of one trace as one batch. */
export function batchOf(spans: readonly SpanRecord[]): PackedBatch {
  const batches = new Batches(10_000);
  batches.add(spans);
  const [batch, ...others] = batches.take('all');
  if (!batch || others.length > 0) throw new Error('not one batch');
  return batch;
}
