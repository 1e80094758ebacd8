import { createTraceState } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describe, expect, it } from 'vitest';
import { Batches } from '../../instrumentation/export/batches.js';
import { type PackedBatch, settle, spanCount, unpack } from '../../instrumentation/export/packed-batch.js';
import type { SpanRecord } from '../../instrumentation/export/span-record.js';
import { record } from './span-records.js';

const resource = resourceFromAttributes({ 'service.name': 'test' });
const trace = (traceId: string, length: number) => Array.from({ length }, () => record(traceId));
const traceIds = (batch: PackedBatch) => [
  ...new Set(unpack(batch, resource).map((span) => span.spanContext().traceId)),
];

const requestBytes = (batch: PackedBatch) =>
  JsonTraceSerializer.serializeRequest(unpack(batch, resource))?.length ?? 0;

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

    expect(batches.take('all').map(traceIds)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('leave a trace whole that is larger than a batch, in one of its own', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 4));
    batches.add(trace('b', 25));
    batches.add(trace('c', 4));

    const packed = batches.take('all');
    expect(packed.map(traceIds)).toEqual([['a'], ['b'], ['c']]);
    expect(packed.map(spanCount)).toEqual([4, 25, 4]);
  });

  it('leave what fills no batch in the queue until all is asked for', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 6));
    batches.add(trace('b', 6));

    expect(batches.take('full batches').map(traceIds)).toEqual([['a']]);
    expect(batches.take('all').map(traceIds)).toEqual([['b']]);
  });

  it('hold spans until their batch is settled, in whatever order', () => {
    const batches = new Batches(10);
    batches.add(trace('a', 10));
    batches.add(trace('b', 10));
    const [first, second] = batches.take('all');
    expect(batches.heldSpans).toBe(20);

    if (first) settle(first);
    expect(batches.heldSpans).toBe(10);
    if (second) settle(second);
    expect(batches.heldSpans).toBe(0);
  });

  it('leave out what no attribute can be, and keep the span', () => {
    const batches = new Batches(100);
    const bad = { run: () => 1, symbol: Symbol('x'), big: 10n } as unknown as SpanRecord['attributes'];
    batches.add([record('a', { attributes: { ...bad, good: 1 } })]);
    const [batch] = batches.take('all');

    expect(batch && unpack(batch, resource)[0]?.attributes).toEqual({ big: '10', good: 1 });
  });

  it('take nothing of a trace with a span that is none, and keep its neighbours', () => {
    const batches = new Batches(100);
    batches.add(trace('a', 20));
    expect(() => batches.add([record('b'), { ...record('b'), events: undefined } as never])).toThrow(
      TypeError,
    );
    batches.add(trace('c', 3));

    expect(batches.heldSpans).toBe(23);
    expect(batches.take('all').flatMap(traceIds)).toEqual(['a', 'c']);
  });

  it('are cut between traces where a request would be larger than 8 MB', () => {
    const batches = new Batches(100);
    const huge = () => ({ attributes: { huge: `${Math.random()}${'x'.repeat(1_000_000)}` } });
    for (const id of 'abcdefghij') batches.add([record(id, huge()), record(id, huge())]);
    const packed = batches.take('all');

    expect(packed.length).toBeGreaterThan(1);
    for (const batch of packed) expect(requestBytes(batch)).toBeLessThan(8.1 * 1024 * 1024);
    expect(packed.flatMap(traceIds)).toEqual([...'abcdefghij']);
  });

  it('cut a trace only where it is larger than 8 MB by itself', () => {
    const batches = new Batches(100);
    batches.add(
      Array.from({ length: 20 }, () => record('a', { attributes: { huge: 'x'.repeat(1_000_000) } })),
    );
    const packed = batches.take('all');

    expect(packed.length).toBeGreaterThan(1);
    for (const batch of packed) expect(requestBytes(batch)).toBeLessThan(8.1 * 1024 * 1024);
    expect(packed.reduce((sum, batch) => sum + spanCount(batch), 0)).toBe(20);
  });
});

describe('a packed span', () => {
  it('comes out as it went in, with all that a span can have and with nothing of it', () => {
    const statement = 'SELECT 1 -- '.repeat(20);
    const full = record('a'.repeat(32), {
      context: { traceState: createTraceState('vendor=1') },
      parentSpanContext: {
        traceId: 'a'.repeat(32),
        spanId: '1'.repeat(16),
        traceFlags: 1,
        isRemote: true,
      },
      status: { code: 2, message: '23505' },
      attributes: { chainId: 1, list: ['a', 'b'], none: [], statement, yes: true, ratio: 0.1, empty: '' },
      events: [
        { name: 'exception', time: [1, 2], attributes: { 'exception.type': 'x' }, droppedAttributesCount: 1 },
        { name: 'bare', time: [3, 4], attributes: {} },
      ],
      links: [
        {
          context: {
            traceId: 'b'.repeat(32),
            spanId: 'c'.repeat(16),
            traceFlags: 0,
            traceState: createTraceState('v=2'),
            isRemote: true,
          },
          attributes: { why: 'fetched', statement },
          droppedAttributesCount: 2,
        },
      ],
      instrumentationScope: { name: 'pg', version: '1', schemaUrl: 'https://example.org/1' },
      droppedAttributesCount: 3,
      droppedEventsCount: 4,
      droppedLinksCount: 5,
    });
    const bare = record('d'.repeat(32));
    const batches = new Batches(10);
    batches.add([full, bare]);
    const [batch] = batches.take('all');

    const out = batch ? unpack(batch, resource) : [];
    expect(out).toHaveLength(2);
    for (const [index, { spanContext, ...given }] of [full, bare].entries()) {
      expect(out[index]).toMatchObject(given);
      expect(out[index]?.spanContext()).toEqual(spanContext());
      expect(out[index]).toMatchObject({ resource, ended: true });
    }
    expect(out[1]).not.toHaveProperty('parentSpanContext');
    expect(out.map(({ duration }) => duration)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});
