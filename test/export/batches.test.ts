import { describe, expect, it } from 'vitest';
import { Batches } from '../../instrumentation/export/batches.js';
import { type PackedBatch, settle, spanCount, unpack } from '../../instrumentation/export/packed-batch.js';
import type { SpanRecord } from '../../instrumentation/export/span-record.js';

function record(traceId: string, more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    traceId,
    spanId: '00f067aa0ba902b7',
    traceFlags: 1,
    name: 'InsertDonation',
    kind: 0,
    startTime: [1_728_000_000, 1],
    endTime: [1_728_000_000, 2],
    status: { code: 0 },
    attributes: {},
    events: [],
    links: [],
    scope: { name: 'grants-otel' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...more,
  };
}

const trace = (traceId: string, length: number) => Array.from({ length }, () => record(traceId));
const traceIds = (batch: PackedBatch) => [...new Set(unpack(batch).map((span) => span.traceId))];

describe('batches', () => {
  it('keep whole traces together as far as they fit, in their order', () => {
    const batches = new Batches(10);
    for (const [id, length] of [
      ['a', 4],
      ['b', 5],
      ['c', 3],
      ['d', 7],
    ] as const)
      batches.add(trace(id, length));

    expect(batches.take('all').packed.map(traceIds)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('cut a trace that is larger than a batch', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 25));

    expect(batches.take('all').packed.map(spanCount)).toEqual([10, 10, 5]);
  });

  it('leave what fills no batch in the queue until all is asked for', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 6));
    batches.add(trace('b', 6));

    expect(batches.take('full batches').packed.map(traceIds)).toEqual([['a']]);
    expect(batches.take('all').packed.map(traceIds)).toEqual([['b']]);
  });

  it('hold spans until their batch is settled, in whatever order', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 10));
    batches.add(trace('b', 10));
    const [first, second] = batches.take('all').packed;
    expect(batches.heldSpans).toBe(20);

    if (first) settle(first);
    expect(batches.heldSpans).toBe(10);
    if (second) settle(second);
    expect(batches.heldSpans).toBe(0);
  });

  it('give up the one span that cannot be packed, not its neighbours', () => {
    const batches = new Batches(100);
    batches.add(trace('a', 20));
    batches.add([record('b', { attributes: { bad: (() => 1) as unknown as string } })]);
    const { packed, unpackable } = batches.take('all');

    expect(packed.reduce((sum, batch) => sum + spanCount(batch), 0)).toBe(20);
    expect(unpackable).toEqual([
      { spans: 1, why: expect.stringMatching(/^cannot be packed: .*could not be cloned/) },
    ]);
    expect(batches.heldSpans).toBe(20);
  });

  it('stay below 8 MB as far as one span does', () => {
    const batches = new Batches(100);
    batches.add(
      Array.from({ length: 20 }, () => record('a', { attributes: { huge: 'x'.repeat(1_000_000) } })),
    );
    const { packed } = batches.take('all');

    expect(packed.every((batch) => batch.byteLength < 8 * 1024 * 1024)).toBe(true);
    expect(packed.reduce((sum, batch) => sum + spanCount(batch), 0)).toBe(20);
  });
});

describe('a packed span', () => {
  it('comes out as it went in, with all that a span can have and with nothing of it', () => {
    const full = record('a'.repeat(32), {
      parentSpanId: '1'.repeat(16),
      traceState: 'vendor=1',
      status: { code: 2, message: '23505' },
      attributes: { chainId: 1, list: ['a', 'b'], none: [], text: '\u{1F600} \ud800', yes: true, ratio: 0.1 },
      events: [
        { name: 'exception', time: [1, 2], attributes: { 'exception.type': 'x' }, droppedAttributesCount: 1 },
      ],
      links: [
        {
          context: { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 0, traceState: 'v=2' },
          attributes: { why: 'fetched' },
          droppedAttributesCount: 2,
        },
      ],
      scope: { name: 'pg', version: '1', schemaUrl: 'https://example.org/1' },
      droppedAttributesCount: 3,
      droppedEventsCount: 4,
      droppedLinksCount: 5,
    });
    const bare = record('d'.repeat(32));
    const batches = new Batches(10);
    batches.add([full, bare]);
    const [batch] = batches.take('all').packed;

    expect(batch && unpack(batch)).toEqual([full, bare]);
  });
});
