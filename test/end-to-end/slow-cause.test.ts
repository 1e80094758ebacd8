import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { createDonationLab, type DonationLab, isDonation } from './donation-lab.js';

/** Well above what an event takes by itself here, well below how long it is held up. */
const THRESHOLD_MS = 800;
const HELD_UP_MS = 2000;

describeWith(['postgres'], 'an event that is held up from outside', () => {
  let receiver: Receiver;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let lab: DonationLab;
  let outside: pg.Client;
  let name: string;

  beforeEach(async () => {
    receiver = await startReceiver();
    database = await freshDatabase();
    name = new URL(database.url).pathname.slice(1);
    outside = new pg.Client({ connectionString: database.url });
    await outside.connect();
  });

  afterEach(async () => {
    await outside.end();
    await receiver.close();
    await lab.remove();
    await database.drop();
  });

  const env = () => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: String(THRESHOLD_MS),
  });
  const index = (source: string, ...args: string[]) =>
    lab.index([source, '--database-url', database.url, ...args], { env: env() });
  const slowSpans = (): ReceivedSpan[] => receiver.spans().filter((span) => span.attributes['slow'] === true);
  const slowEvents = (): ReceivedSpan[] => slowSpans().filter((span) => span.kind === 5);

  /** Everything up to the donations, and so many of these, prices too; the rest as a source of its own. */
  async function indexAllBut(last: number): Promise<string> {
    const cut = lab.events.length - last;
    const before = await lab.write('before.ndjson', lab.events.slice(0, cut));
    expect(lab.events.slice(cut).every(isDonation)).toBe(true);
    const ended = await index(before, '--prices', join(lab.folder, 'prices.ndjson'));
    expect(ended).toMatchObject({ code: 0 });
    receiver.clear();
    return lab.write('rest.ndjson', lab.events.slice(cut));
  }

  /** Resolves when a session of the database has waited for a lock for long enough. */
  async function someoneIsHeldUp(): Promise<void> {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      AND clock_timestamp() - query_start > make_interval(secs => ${HELD_UP_MS / 1000})`;
    const look = async () => {
      // In a transaction PostgreSQL shows what it showed before.
      await outside.query('SELECT pg_stat_clear_snapshot()');
      expect((await outside.query(waiting)).rowCount).toBeGreaterThan(0);
    };
    await vi.waitFor(look, { timeout: 20_000, interval: 20 });
  }

  test('by a lock on its round is flagged with the statistics update as its cause', async () => {
    lab = await createDonationLab({ donations: 6 });
    const rest = await indexAllBut(1);
    await outside.query('BEGIN');
    await outside.query('SELECT * FROM rounds FOR UPDATE');
    const running = index(rest);
    await someoneIsHeldUp();
    await outside.query('COMMIT');
    const { stderr } = await running;

    expect(
      slowSpans()
        .map((span) => span.name)
        .sort(),
    ).toEqual(
      [
        'Strategy.AllocatedWithOrigin',
        'applyChanges',
        'IncrementRoundDonationStats',
        `pg.query:UPDATE ${name}`,
      ].sort(),
    );
    const [event] = slowEvents();
    expect(event?.attributes['slowCause']).toBe(`IncrementRoundDonationStats > pg.query:UPDATE ${name}`);
    expect(event?.attributes['slowCauseMs']).toBeGreaterThanOrEqual(HELD_UP_MS);
    expect(stderr).toContain(`cause="IncrementRoundDonationStats > pg.query:UPDATE ${name}"`);
  });

  test('by a lock on the prices is flagged with the price look-up as its cause', async () => {
    lab = await createDonationLab({ donations: 6 });
    const rest = await indexAllBut(1);
    await outside.query('BEGIN');
    await outside.query('LOCK TABLE prices IN ACCESS EXCLUSIVE MODE');
    const running = index(rest);
    await someoneIsHeldUp();
    await outside.query('COMMIT');
    await running;
    expect(slowEvents().map((event) => event.attributes['slowCause'])).toEqual([
      `priceCalculation > pg.query:SELECT ${name}`,
    ]);
  });

  test('by an IPFS gateway is flagged with the metadata look-up as its cause', async () => {
    lab = await createDonationLab({ donations: 1 });
    let held = 0;
    const gateway = createServer((request, response) => {
      const cid = request.url?.split('/').at(-1) ?? '';
      const body = readFileSync(join(lab.folder, 'ipfs', `${cid}.json`));
      const isHeld = body.includes('"application"') && body.includes('"recipient"') && held++ === 0;
      setTimeout(() => response.end(body), isHeld ? HELD_UP_MS : 0);
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/ipfs/`;
      await index(
        join(lab.folder, 'events.ndjson'),
        '--prices',
        join(lab.folder, 'prices.ndjson'),
        '--ipfs',
        url,
      );
    } finally {
      gateway.close();
      gateway.closeAllConnections();
    }
    expect(slowEvents().map((event) => [event.name, event.attributes['slowCause']])).toEqual([
      ['Strategy.RegisteredWithSender', 'metadataLookup'],
    ]);
  });

  test('by a pool without a free connection is flagged with the wait for one as its cause', async () => {
    const chain = (chainId: number, id: number) => ({
      chainId,
      firstBlock: 1000,
      startSeconds: 1_728_000_000,
      rounds: [{ id, applications: 1, donations: 2, tokens: ['ETH'] }],
    });
    lab = await createDonationLab({ donations: 0, chains: [chain(42161, 27), chain(10, 12)] });
    const ofChain = (chainId: number) => lab.events.filter((event) => event.chainId === chainId);
    const before = lab.events.filter((event) => !ofChain(event.chainId).slice(-1).includes(event));
    const ended = await index(
      await lab.write('before.ndjson', before),
      '--prices',
      join(lab.folder, 'prices.ndjson'),
    );
    expect(ended).toMatchObject({ code: 0 });
    receiver.clear();
    const rest = await lab.write('rest.ndjson', [...ofChain(42161).slice(-1), ...ofChain(10).slice(-1)]);
    await outside.query('BEGIN');
    await outside.query('SELECT * FROM rounds WHERE chain_id = 42161 FOR UPDATE');
    const running = index(rest, '--pool-size', '1');
    await someoneIsHeldUp();
    await outside.query('COMMIT');
    await running;
    const causes = new Map(
      slowEvents().map((event) => [event.attributes['chainId'], event.attributes['slowCause']]),
    );
    expect(causes.get(42161)).toBe(`IncrementRoundDonationStats > pg.query:UPDATE ${name}`);
    expect(causes.get(10)).toMatch(
      /^(roundLookup|applicationLookup|priceCalculation|applyChanges) > pg-pool\.connect$/,
    );
  });
});
