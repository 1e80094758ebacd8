import { type Attributes, createTraceState } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describe, expect, it } from 'vitest';
import { type PackedBatch, unpack } from '../../instrumentation/export/packed-batch.js';
import { JsonRequests } from '../../instrumentation/export/requests/json-requests.js';
import { ProtobufRequests } from '../../instrumentation/export/requests/protobuf-requests.js';
import type { SpanRecord } from '../../instrumentation/export/span-record.js';
import { batchOf, record } from './span-records.js';

const resourceAttributes = { 'service.name': 'grants-indexer', 'process.pid': 7, tags: ['a', 'b'] };
const resource = resourceFromAttributes(resourceAttributes);

const latin1Of = (request: Uint8Array | undefined) => Buffer.from(request ?? []).toString('latin1');

/** Where two requests part, with what is around it. */
function firstDifference(bytes: string, other: string): string | undefined {
  if (bytes === other) return undefined;
  let at = 0;
  while (bytes[at] === other[at]) at++;
  return `${bytes.slice(at - 60, at + 60)} | ${other.slice(at - 60, at + 60)}`;
}

/** The same on every run: numbers from 0 to below `below`. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TEXTS = [
  '',
  'plain',
  '0x5000000000000000000000000000000000000251',
  'with "quotes" and \\ and /',
  'line\nand\ttab\u0000\u001f\u007f',
  'é ü €',
  '🌱 grant',
  'half \ud83c of a pair',
  'select * from "gi"."rounds" where "chain_id" = $1 '.repeat(4),
  'ü'.repeat(100),
];
const VALUES: unknown[] = [0, -0, 1, -1, 42_161, 0.5, -1e-9, 2 ** 31, 2 ** 53, 1e21, Number.NaN, true, false];
const KEYS = ['chainId', 'roundId', 'a "key"', 'ключ', 'k\ud800', 'k\udfff', 'db.query.text'];
const SCOPES = [
  { name: 'grants-otel', version: '0.1.0' },
  { name: 'grants-otel', version: '0.1.0' },
  { name: 'pg' },
  { name: 'pg', version: '1', schemaUrl: 'https://example.org/"1"' },
  { name: '' },
];
const TIMES: SpanRecord['startTime'][] = [
  [1_728_000_000, 0],
  [1_728_000_000, 1],
  [1_728_000_000, 999_999_999],
  [1_728_000_001, 1_000_000_000],
  [1_728_000_001, 0.7],
  [0, 5],
  [9_999_999_999, 123],
];

function randomSpans(seed: number): SpanRecord[] {
  const next = numbers(seed);
  const of = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const value = (): unknown =>
    of([() => of(TEXTS), () => of(VALUES), () => [of(TEXTS), of(VALUES), null], () => []])();
  const attributes = (most: number): Attributes =>
    Object.fromEntries(Array.from({ length: next(most + 1) }, () => [of(KEYS), value()])) as Attributes;
  const sets = Array.from({ length: 4 }, () => attributes(4));
  const hex = (length: number) => Array.from({ length }, () => next(16).toString(16)).join('');
  const context = () => ({
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: of([0, 1, 3]),
    ...(next(4) ? {} : { traceState: createTraceState(`vendor=${next(9)},other="x"`) }),
    ...(next(3) ? {} : { isRemote: next(2) === 1 }),
  });
  let trace = context();
  return Array.from({ length: 60 }, () => {
    if (next(5) === 0) trace = context();
    const plain = next(2) === 0;
    return record(trace.traceId, {
      context: { ...trace, spanId: hex(16), ...(plain ? { traceFlags: 1, traceState: undefined } : {}) },
      name: of(TEXTS),
      kind: of([0, 1, 2, 3, 4, 7, undefined]) as SpanRecord['kind'],
      startTime: of(TIMES),
      endTime: of(TIMES),
      instrumentationScope: of(SCOPES),
      attributes: attributes(5),
      shared: next(2) ? of(sets) : undefined,
      ids: next(2) ? of(sets) : undefined,
      ...(next(3) ? { parentSpanContext: { ...context(), traceId: trace.traceId } } : {}),
      ...(plain
        ? {}
        : {
            status: of([{ code: 0 }, { code: 1 }, { code: 2 }, { code: 2, message: of(TEXTS) }]),
            droppedAttributesCount: next(3),
            droppedEventsCount: next(3),
            droppedLinksCount: next(3),
            events: Array.from({ length: next(3) }, () => ({
              name: of(TEXTS),
              time: of(TIMES),
              attributes: attributes(2),
              ...(next(2) ? {} : { droppedAttributesCount: next(2) }),
            })),
            links: Array.from({ length: next(3) }, () => ({
              context: context(),
              attributes: attributes(2),
              ...(next(2) ? {} : { droppedAttributesCount: next(2) }),
            })),
          }),
    });
  });
}

describe.each([
  { form: 'JSON', Requests: JsonRequests, serializer: JsonTraceSerializer },
  { form: 'protobuf', Requests: ProtobufRequests, serializer: ProtobufTraceSerializer },
])('a request in $form', ({ Requests, serializer }) => {
  const written = (batch: PackedBatch) => latin1Of(new Requests(resourceAttributes).write(batch));
  const stock = (batch: PackedBatch) => latin1Of(serializer.serializeRequest(unpack(batch, resource)));

  it('is to the byte what the stock serializer makes of the same spans, whatever they have', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const batch = batchOf(randomSpans(seed));
      expect(firstDifference(written(batch), stock(batch)), `seed ${seed}`).toBeUndefined();
    }
  });

  it('is the same again in memory that was used before', () => {
    const requests = new Requests(resourceAttributes);
    for (let seed = 1; seed <= 20; seed++) {
      const batch = batchOf(randomSpans(seed));
      const request = requests.write(batch);
      expect(firstDifference(latin1Of(request), stock(batch))).toBeUndefined();
      requests.release(request);
    }
  });

  it('stays as it is, whatever is written after it, until it is released', () => {
    const requests = new Requests(resourceAttributes);
    const batches = [1, 2, 3].map((seed) => batchOf(randomSpans(seed)));
    const expected = batches.map(stock);
    const written = batches.map((batch) => requests.write(batch));
    expect(written.map(latin1Of)).toEqual(expected);

    const [first, ...others] = written;
    if (first) requests.release(first);
    requests.write(batchOf(randomSpans(4)));
    expect(others.map(latin1Of)).toEqual(expected.slice(1));
  });

  it('has a key once that a span has itself and by its sets', () => {
    const shared = { chainId: 1, roundId: 'of the set', 'db.namespace': 'grants' };
    const batch = batchOf([
      record('a', { shared, ids: { chainId: 2 }, attributes: { roundId: 'its own', amount: '5' } }),
    ]);
    expect(written(batch)).toBe(stock(batch));
    expect(written(batch).split('roundId')).toHaveLength(2);
    expect(written(batch)).not.toContain('of the set');
  });

  it.each<[number, number]>([
    [Number.NaN, 0],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
  ])('cannot be written where a time is none: %d s, %d ns', (...startTime) => {
    expect(() => written(batchOf([record('a', { startTime })]))).toThrow(RangeError);
  });

  it('has what is no number of an enum as unset, and what is no text as text', () => {
    const odd = {
      status: { code: 'ERROR' },
      kind: Number.NaN,
      instrumentationScope: { name: 7, version: 1, schemaUrl: null },
    } as unknown as Partial<SpanRecord>;
    const batch = batchOf([record('a'), record('b', odd)]);
    expect(written(batch)).toBe(stock(batch));
    const spans = unpack(batch, resource);
    expect(spans.map(({ status }) => status.code)).toEqual([0, 0]);
    expect(spans.map(({ instrumentationScope }) => instrumentationScope)).toEqual([
      { name: 'grants-otel' },
      { name: '7', version: '1' },
    ]);
  });

  it.each([0, 100, 127, 128, 16_000, 16_383, 16_384, 2_100_000])(
    'may have a span with a value of %i bytes',
    (length) => {
      const batch = batchOf([record('ab'.repeat(16), { attributes: { value: 'x'.repeat(length) } })]);
      expect(firstDifference(written(batch), stock(batch))).toBeUndefined();
    },
  );

  it('grows to 8 MB and more', () => {
    const huge = 'ü"'.repeat(500_000);
    const batch = batchOf(
      Array.from({ length: 6 }, (_, at) => record('a', { attributes: { huge: `${at}${huge}` } })),
    );
    expect(firstDifference(written(batch), stock(batch))).toBeUndefined();
  });
});

it('in JSON says a value of a span itself in the place of that of its sets', () => {
  const shared = { chainId: 1, roundId: 'of the set', 'db.namespace': 'grants' };
  const batch = batchOf([
    record('a', { shared, ids: { chainId: 2 }, attributes: { roundId: 'its own', amount: '5' } }),
  ]);
  const json = Buffer.from(new JsonRequests(resourceAttributes).write(batch)).toString();
  const [span] = JSON.parse(json).resourceSpans[0].scopeSpans[0].spans;

  expect(span.attributes).toEqual([
    { key: 'chainId', value: { intValue: 2 } },
    { key: 'roundId', value: { stringValue: 'its own' } },
    { key: 'db.namespace', value: { stringValue: 'grants' } },
    { key: 'amount', value: { stringValue: '5' } },
  ]);
});
