import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Papa from 'papaparse';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runNode } from '../support/run-node.js';
import { describeWith, freshDatabase, jaegerUrls } from '../support/servers.js';
import { createDonationLab, type DonationLab } from './donation-lab.js';

type Row = Record<string, unknown>;

const CHAINS = [
  {
    chainId: 42161,
    firstBlock: 260_000_000,
    startSeconds: 1_728_000_000,
    rounds: [
      { id: 27, applications: 3, donations: 40 },
      { id: 31, applications: 2, donations: 15 },
    ],
  },
  {
    chainId: 10,
    firstBlock: 126_000_000,
    startSeconds: 1_728_000_000,
    rounds: [{ id: 27, applications: 2, donations: 25 }],
  },
];
const DONATIONS = 80;

describeWith(['postgres', 'jaeger'], 'the questions, of what the reference indexer did', () => {
  const service = `questions-${randomBytes(4).toString('hex')}`;
  let lab: DonationLab;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let client: pg.Client;
  let traceFile: string;

  async function ask(...args: readonly string[]): Promise<string> {
    const { stdout } = await runNode(['dist/src/cli/main.js', ...args]);
    return stdout;
  }

  async function askJson(...args: readonly string[]): Promise<Row[]> {
    return JSON.parse(await ask(...args, '--json')) as Row[];
  }

  const rowsOf = async (sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;

  /** The file, and the Jaeger, which was sent the same. */
  const sources = () => [[traceFile], [jaegerUrls().query, '--service', service]];

  beforeAll(async () => {
    database = await freshDatabase();
    client = new pg.Client({ connectionString: database.url });
    lab = await createDonationLab({ donations: DONATIONS, seed: 11, chains: CHAINS });
    traceFile = join(lab.folder, 'traces.jsonl');
    await lab.slowDown(database.url);
    const ended = await lab.index(
      [
        join(lab.folder, 'events.ndjson'),
        '--prices',
        join(lab.folder, 'prices.ndjson'),
        '--database-url',
        database.url,
      ],
      {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: jaegerUrls().otlp,
          OTEL_SERVICE_NAME: service,
          GRANTS_OTEL_TRACE_FILE: traceFile,
          GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: 'Strategy.AllocatedWithOrigin=1',
          OTEL_LOG_LEVEL: 'error',
        },
      },
    );
    expect(ended).toMatchObject({ code: 0 });
    await client.connect();
    const [{ count = 0 } = {}] = await rowsOf('SELECT count(*)::int AS count FROM processed_events');
    await vi.waitFor(
      async () => {
        const rows = await askJson('summary', jaegerUrls().query, '--service', service, '--by', 'service');
        expect(rows).toMatchObject([{ count }]);
      },
      { timeout: 60_000, interval: 200 },
    );
  });

  afterAll(async () => {
    await client?.end();
    await lab.remove();
    await database.drop();
  });

  test('summary counts the donations of each round as the database does', async () => {
    const expected = await rowsOf(
      `SELECT chain_id::int AS "chainId", round_id AS "roundId", count(*)::int AS count FROM donations GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    expect(expected).toHaveLength(3);
    for (const source of sources()) {
      const rows = await askJson(
        'summary',
        ...source,
        '--event',
        'AllocatedWithOrigin',
        '--by',
        'chainId,roundId',
      );
      const found = rows.map(({ chainId, roundId, count }) => ({ chainId, roundId, count }));
      found.sort(
        (a, b) => Number(a.chainId) - Number(b.chainId) || (String(a.roundId) < String(b.roundId) ? -1 : 1),
      );
      expect(found).toEqual(expected);
      expect(rows.every(({ estimated }) => estimated === false)).toBe(true);
    }
  });

  test('summary counts the events of each chain as the database does', async () => {
    const expected = await rowsOf(
      'SELECT chain_id::int AS "chainId", count(*)::int AS count FROM processed_events GROUP BY 1 ORDER BY 1',
    );
    for (const source of sources()) {
      const rows = await askJson('summary', ...source, '--by', 'chainId');
      const found = rows.map(({ chainId, count }) => ({ chainId, count }));
      expect(found.sort((a, b) => Number(a.chainId) - Number(b.chainId))).toEqual(expected);
    }
  });

  test('summary --span counts the inserts of each application as its statistics do', async () => {
    const expected = await rowsOf(
      `SELECT chain_id::int AS "chainId", round_id AS "roundId", id AS "applicationId", total_donations_count::int AS count
       FROM applications WHERE total_donations_count > 0`,
    );
    const by = ['--span', 'InsertDonation', '--by', 'chainId,roundId,applicationId'];
    for (const source of sources()) {
      const rows = await askJson('summary', ...source, ...by);
      const found = rows.map(({ chainId, roundId, applicationId, count }) => ({
        chainId,
        roundId,
        applicationId,
        count,
      }));
      const keyOf = (row: Row) => JSON.stringify(row);
      expect(found.map(keyOf).sort()).toEqual(expected.map(keyOf).sort());
    }
  });

  test('slow --format csv has the statistics that the database ended with', async () => {
    const [round = {}] = await rowsOf(
      `SELECT total_donations_count::text AS "totalDonationsCount", unique_donors_count::text AS "uniqueDonorsCount"
       FROM rounds WHERE chain_id = 42161 AND id = '27'`,
    );
    for (const source of sources()) {
      const args = ['slow', ...source, '--chain', '42161', '--round', '27', '--event', 'AllocatedWithOrigin'];
      const csv = await ask(...args, '--limit', '1000', '--format', 'csv');
      const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
      expect(data).toHaveLength(40);
      const last = data.reduce((most, row) =>
        Number(row['totalDonationsCount']) > Number(most['totalDonationsCount']) ? row : most,
      );
      expect(last).toMatchObject(round);
      const amounts = await rowsOf(
        `SELECT transaction_hash AS hash, amount::text AS amount FROM donations WHERE chain_id = 42161 AND round_id = '27'`,
      );
      expect(new Set(data.map((row) => `${row['transactionHash']} ${row['amount']}`))).toEqual(
        new Set(amounts.map(({ hash, amount }) => `${hash} ${amount}`)),
      );
    }
  });

  test('trace draws the same tree from the file and from Jaeger', async () => {
    const [slowest] = await askJson('slow', traceFile, '--limit', '1');
    const id = String(slowest?.['traceId']);
    const trees = await Promise.all(
      [traceFile, jaegerUrls().query].map(async (source) => {
        const trace = JSON.parse(await ask('trace', id, source, '--json')) as { spans: Row[] };
        return trace.spans.map(({ depth, name }) => ({ depth, name }));
      }),
    );
    expect(trees[0]?.length).toBeGreaterThan(15);
    expect(trees[1]).toEqual(trees[0]);
    expect((await runNode(['dist/src/cli/main.js', 'trace', id.slice(0, 8), jaegerUrls().query])).code).toBe(
      1,
    );
  });

  test('causes has every slow event, in the file and in Jaeger', async () => {
    for (const source of sources()) {
      const rows = await askJson('causes', ...source, '--event', 'AllocatedWithOrigin');
      const events = rows.filter(({ kind }) => kind === 'cause').map(({ eventCount }) => Number(eventCount));
      expect(events.reduce((sum, count) => sum + count, 0)).toBe(DONATIONS);
      const shares = rows.map(({ sharePercent }) => Number(sharePercent));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 0);
    }
  });
});
