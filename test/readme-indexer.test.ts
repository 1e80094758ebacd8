import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Receiver, startReceiver } from './support/otlp-receiver.js';
import { readmeCode } from './support/readme.js';
import { runNode } from './support/run-node.js';
import { describeWith, freshDatabase } from './support/servers.js';
import { drawTree } from './support/trace-tree.js';

const HEADING = 'A whole indexer';

describeWith(['postgres'], "the README's indexer, as it stands there", () => {
  let receiver: Receiver;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let folder: string;

  beforeEach(async () => {
    receiver = await startReceiver();
    database = await freshDatabase();
    // Inside the project, where `grants-otel` and `pg` are found.
    const parent = fileURLToPath(new URL('../.data/', import.meta.url));
    await mkdir(parent, { recursive: true });
    folder = await mkdtemp(join(parent, 'readme-'));
    await writeFile(join(folder, 'indexer.mjs'), readmeCode(HEADING, 'js'));
    await writeFile(join(folder, 'donations.json'), readmeCode(HEADING, 'json'));
    await query(readmeCode(HEADING, 'sql'));
  });

  afterEach(async () => {
    await receiver.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function query(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const start = (flags: readonly string[]) =>
    runNode([...flags, 'indexer.mjs', 'donations.json'], {
      cwd: folder,
      env: { DATABASE_URL: database.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
  const indexed = {
    code: 0,
    signal: null,
    stdout: '',
    stderr: 'block 2, log 7: no round has the strategy 0xb\n',
  };

  test('makes the trace that is drawn there, with the attributes that it gives', async () => {
    expect(await start(['--require', 'grants-otel/instrumentation'])).toEqual(indexed);
    const spans = receiver.spans();
    const events = spans.filter((span) => span.name === 'Strategy.Allocated');
    const fetched = spans.find((span) => span.name === 'fetchEvents');
    expect(events.map((event) => event.attributes['blockNumber'])).toEqual([1, 2, 3]);
    const traceOf = (event = events[0]) => spans.filter((span) => span.traceId === event?.traceId);
    const drawn = `${drawTree(traceOf(events[2])).replaceAll(/grants_otel_test_\w+/g, 'grants')}\n`;
    expect(drawn).toBe(readmeCode(HEADING, ''));
    for (const event of [events[0], events[2]]) {
      expect(event?.links.map((link) => link.spanId)).toEqual([fetched?.spanId]);
      for (const span of traceOf(event))
        expect(span.attributes).toMatchObject({ chainId: 10, roundId: '27' });
    }
    const last = (name: string) => spans.filter((span) => span.name === name).at(-1)?.attributes;
    expect(last('InsertDonation')).toMatchObject({ donorAddress: '0xd3', amount: '7' });
    expect(last('IncrementRoundDonationStats')).toMatchObject({
      totalDonationsCount: 2,
      totalAmountDonatedInUsd: '1.75',
    });
  });

  test('shows a failed event, with its error once', async () => {
    await start(['--require', 'grants-otel/instrumentation']);
    const failed = receiver.spans().filter((span) => span.status.code === 2);
    expect(failed.map((span) => span.name).sort()).toEqual([
      'Strategy.Allocated',
      'handleEvent',
      'roundLookup',
    ]);
    expect(failed.flatMap((span) => span.events.map((event) => [span.name, event.name]))).toEqual([
      ['roundLookup', 'exception'],
    ]);
  });

  test('does the same without the preload, untraced', async () => {
    expect(await start([])).toEqual(indexed);
    expect(receiver.requests).toEqual([]);
    expect(await query('SELECT donor, round_id FROM donations ORDER BY donor')).toEqual([
      { donor: '0xd1', round_id: '27' },
      { donor: '0xd3', round_id: '27' },
    ]);
  });
});
