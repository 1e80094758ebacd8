import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ReceivedSpan, startReceiver } from '../support/otlp-receiver.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { drawTree } from '../support/trace-tree.js';
import { createDonationLab, type DonationLab, isDonation } from './donation-lab.js';

const DONATION = `
Strategy.AllocatedWithOrigin
├─ handleEvent
│  ├─ roundLookup
│  │  └─ pg.query:SELECT grants
│  ├─ applicationLookup
│  │  └─ pg.query:SELECT grants
│  ├─ tokenValidation
│  ├─ priceCalculation
│  └─ metadataParsing
└─ applyChanges
   ├─ pg.query:BEGIN grants
   ├─ InsertDonation
   │  └─ pg.query:INSERT grants
   ├─ IncrementRoundDonationStats
   │  └─ pg.query:UPDATE grants
   ├─ IncrementApplicationDonationStats
   │  └─ pg.query:UPDATE grants
   ├─ InsertProcessedEvent
   │  └─ pg.query:INSERT grants
   └─ pg.query:COMMIT grants`.trim();

/** A price that is not cached is looked up: for the token, and for the round's match token. */
const PRICE_LOOKUP = ['│  │  └─ pg.query:SELECT grants'];
const PRICE_LOOKUPS = ['│  │  ├─ pg.query:SELECT grants', ...PRICE_LOOKUP];

function withLookups(lines: readonly string[]): string {
  return DONATION.replace('│  ├─ priceCalculation', ['│  ├─ priceCalculation', ...lines].join('\n'));
}

function byTrace(spans: readonly ReceivedSpan[]): ReceivedSpan[][] {
  const traces = new Map<string, ReceivedSpan[]>();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return [...traces.values()];
}

/** What holds of every donation's trace, whatever the database. */
function itHasEveryDonationsTrace(
  run: () => { lab: DonationLab; spans: ReceivedSpan[]; database: string },
): void {
  const donations = (): ReceivedSpan[][] =>
    byTrace(run().spans).filter((trace) =>
      trace.some((span) => span.name === 'Strategy.AllocatedWithOrigin'),
    );

  test('one trace for each donation, with the whole tree', () => {
    const { lab, database } = run();
    expect(donations()).toHaveLength(lab.events.filter(isDonation).length);
    const drawn = donations().map((trace) =>
      // A wait for a connection may be anywhere, as several chains share a pool.
      drawTree(trace.filter((span) => !/^pg(-pool)?\.connect$/.test(span.name))).replaceAll(
        ` ${database}`,
        ' grants',
      ),
    );
    const known = new Set([DONATION, withLookups(PRICE_LOOKUP), withLookups(PRICE_LOOKUPS)]);
    expect(drawn.filter((tree) => !known.has(tree))).toEqual([]);
    expect(drawn).toContain(DONATION);
  });

  test('all ids on every span, with their types', () => {
    for (const span of donations().flat()) {
      expect(span.attributes).toMatchObject({
        chainId: 42161,
        roundId: '27',
        applicationId: expect.stringMatching(/^\d+$/),
      });
      expect(span.attributeTypes).toMatchObject({
        chainId: 'int',
        roundId: 'string',
        applicationId: 'string',
      });
    }
  });

  test('what the event said, digit by digit, and totals from the statements', () => {
    const { lab } = run();
    const expected = lab.events
      .filter(isDonation)
      .map(({ params, blockNumber, logIndex, transactionFields }) => ({
        blockNumber,
        logIndex,
        transactionHash: transactionFields.hash,
        amount: params['amount'],
        tokenAddress: params['token'],
        donorAddress: params['origin'],
      }));
    const events = donations().flatMap((trace) => trace.filter((span) => !span.parentSpanId));
    expect(events.map(({ attributes }) => pick(attributes, Object.keys(expected[0] ?? {})))).toEqual(
      expect.arrayContaining(expected),
    );
    const inserts = donations().flatMap((trace) => trace.filter((span) => span.name === 'InsertDonation'));
    for (const insert of inserts) {
      const event = events.find((span) => span.traceId === insert.traceId);
      const amounts = ['amount', 'amountInUsd', 'amountInRoundMatchToken', 'donorAddress', 'tokenAddress'];
      expect(pick(insert.attributes, amounts)).toEqual(pick(event?.attributes ?? {}, amounts));
      for (const key of amounts) expect(insert.attributeTypes[key]).toBe('string');
    }
    const counts = donations().flatMap((trace) =>
      trace
        .filter((span) => span.name === 'IncrementRoundDonationStats')
        .map((span) => span.attributes['totalDonationsCount']),
    );
    expect([...counts].sort((a, b) => Number(a) - Number(b))).toEqual(
      expected.map((_one, index) => index + 1),
    );
  });

  test('event spans of kind consumer that link to the batch which brought them', () => {
    const fetches = new Set(
      run()
        .spans.filter((span) => span.name === 'fetchEvents')
        .map((span) => span.spanId),
    );
    for (const event of donations().flatMap((trace) => trace.filter((span) => !span.parentSpanId))) {
      expect(event.kind).toBe(5);
      expect(event.links).toHaveLength(1);
      expect(fetches).toContain(event.links[0]?.spanId);
    }
  });

  test('children within their parents', () => {
    const spans = new Map(run().spans.map((span) => [span.spanId, span]));
    for (const span of spans.values()) {
      const parent = span.parentSpanId ? spans.get(span.parentSpanId) : undefined;
      if (!parent) continue;
      expect(span.startTimeUnixNano).toBeGreaterThanOrEqual(parent.startTimeUnixNano);
      // The clock's own resolution: a quarter of a microsecond at both ends.
      expect(span.endTimeUnixNano - parent.endTimeUnixNano).toBeLessThan(1000n);
    }
  });
}

function pick(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, from[key]]));
}

describeWith(['postgres'], 'the trace of a donation, on PostgreSQL', () => {
  let lab: DonationLab;
  let spans: ReceivedSpan[];
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeAll(async () => {
    const receiver = await startReceiver();
    database = await freshDatabase();
    lab = await createDonationLab({ donations: 120 });
    const ended = await lab.index(
      [
        join(lab.folder, 'events.ndjson'),
        '--prices',
        join(lab.folder, 'prices.ndjson'),
        '--database-url',
        database.url,
      ],
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0' } },
    );
    expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('grants-otel: ') });
    spans = receiver.spans();
    await receiver.close();
  });

  afterAll(async () => {
    await lab.remove();
    await database.drop();
  });

  itHasEveryDonationsTrace(() => ({ lab, spans, database: new URL(database.url).pathname.slice(1) }));

  test('is the one that the README draws', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`\`\`\`\n${DONATION}\n\`\`\``);
  });
});

describe('the trace of a donation, on the embedded PostgreSQL', () => {
  let lab: DonationLab;
  let spans: ReceivedSpan[];

  beforeAll(async () => {
    const receiver = await startReceiver();
    lab = await createDonationLab({ donations: 30, seed: 11 });
    const ended = await lab.index(
      [
        join(lab.folder, 'events.ndjson'),
        '--prices',
        join(lab.folder, 'prices.ndjson'),
        '--database-url',
        `pglite:${join(lab.folder, 'database')}`,
      ],
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } },
    );
    expect(ended).toMatchObject({ code: 0 });
    spans = receiver.spans();
    await receiver.close();
  });

  afterAll(() => lab.remove());

  itHasEveryDonationsTrace(() => ({ lab, spans, database: 'postgres' }));
});
