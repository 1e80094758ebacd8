import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWith, freshDatabase, jaegerUrls } from '../support/servers.js';
import { createDonationLab, type DonationLab } from './donation-lab.js';

const WAYS = [
  'process.exit',
  'an uncaught error',
  'an unhandled rejection',
  'process.exit in an exit listener',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGTERM, unheard',
  'SIGINT, unheard',
];
const STOPS = 30;
/** From the start of the process: some come before the first event, most in the middle of one. */
const EARLIEST_MS = 500;
const LATEST_MS = 2000;

/** Random numbers from 0 to 1 that a seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface JaegerSpan {
  readonly references: readonly unknown[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}

/** `chain/block/log index` of every event that a service has a trace of, with its root. */
async function tracedEvents(service: string): Promise<Set<string>> {
  const query = new URLSearchParams({ service, limit: '20000', lookback: '1h' });
  const answer = await fetch(`${jaegerUrls().query}/api/traces?${query}`);
  const { data } = (await answer.json()) as { data: { spans: JaegerSpan[] }[] };
  const keys = data.flatMap(({ spans }) =>
    spans
      .map((span) => new Map(span.tags.map(({ key, value }) => [key, value])))
      .filter((tags) => tags.has('blockNumber'))
      .map((tags) => `${tags.get('chainId')}/${tags.get('blockNumber')}/${tags.get('logIndex')}`),
  );
  return new Set(keys);
}

async function processedEvents(connectionString: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ key: string }>(
      `SELECT concat_ws('/', chain_id, block_number, log_index) AS key FROM processed_events`,
    );
    return new Set(rows.map(({ key }) => key));
  } catch (error) {
    // Stopped before it had made its tables.
    if ((error as { code?: string }).code === '42P01') return new Set();
    throw error;
  } finally {
    await client.end();
  }
}

describeWith(['postgres', 'jaeger'], 'the reference indexer, stopped at random moments', () => {
  const seed = Number(process.env['TEST_SEED'] ?? randomBytes(4).readUInt32LE());
  let lab: DonationLab;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeAll(async () => {
    lab = await createDonationLab({ donations: 8000, seed: 11 });
    database = await freshDatabase();
  });
  afterAll(async () => {
    await lab.remove();
    await database.drop();
  });

  test('Jaeger holds the trace of every event that the database says was processed', async () => {
    const random = randomFrom(seed);
    console.log(`TEST_SEED=${seed}`);
    const prices = ['--prices', join(lab.folder, 'prices.ndjson')];
    const service = `stopped-${randomBytes(4).toString('hex')}`;
    const waysInTheMiddle = new Set<string>();
    let processed = new Set<string>();
    for (let stop = 0; stop < STOPS; stop++) {
      const way = WAYS[Math.floor(random() * WAYS.length)] as string;
      const afterMs = Math.round(EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS));
      const ended = await lab.index(
        [join(lab.folder, 'events.ndjson'), ...prices, '--database-url', database.url],
        {
          env: {
            NODE_OPTIONS: '--import ./test/end-to-end/stop-somehow.mjs',
            STOP: way,
            STOP_AFTER_MS: String(afterMs),
            OTEL_EXPORTER_OTLP_ENDPOINT: jaegerUrls().otlp,
            OTEL_SERVICE_NAME: service,
            OTEL_LOG_LEVEL: 'error',
            GRANTS_OTEL_EXIT_TIMEOUT_MS: '30000',
          },
        },
      );
      expect(ended.stderr).not.toContain('grants-otel: ');
      const before = processed.size;
      processed = await processedEvents(database.url);
      if (processed.size > before) waysInTheMiddle.add(way);
      console.log(
        `${stop + 1}: ${way} after ${afterMs} ms: ${processed.size} events (${ended.code ?? ended.signal})`,
      );
    }
    expect(waysInTheMiddle.size).toBeGreaterThan(3);
    await vi.waitFor(
      async () => {
        const traced = await tracedEvents(service);
        expect([...processed].filter((key) => !traced.has(key))).toEqual([]);
      },
      { timeout: 20_000, interval: 500 },
    );
  }, 300_000);
});
