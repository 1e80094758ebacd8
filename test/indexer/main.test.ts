import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeAlloEvents, type RoundPlan } from '../support/allo-events.mjs';
import { deadUrl } from '../support/dead-url.js';
import { startEnvioMock, writeFiles } from '../support/envio-mock.mjs';
import { describeWith, freshDatabase } from '../support/servers.js';
import { temporaryFile, temporaryFolder } from './fixtures.js';
import { runMain, watchMain } from './run-main.js';

// An embedded PostgreSQL takes seconds to start, on a busy machine many.
vi.setConfig({ testTimeout: 180_000 });

const round = (id: number, donations: number): RoundPlan => ({ id, applications: 6, donations });

function madeEvents(donations: number) {
  return makeAlloEvents({
    chains: [
      {
        chainId: 42161,
        firstBlock: 260_000_000,
        startSeconds: 1_728_000_000,
        rounds: [round(27, donations)],
      },
      { chainId: 10, firstBlock: 126_000_000, startSeconds: 1_728_000_000, rounds: [round(3, donations)] },
    ],
  });
}

/** The figures of a report, by name. */
function figuresOf(stdout: string): Record<string, number> {
  const rows = stdout.matchAll(/^ {2}(\w+) +([\d,.]+)/gm);
  return Object.fromEntries([...rows].map(([, name, figure]) => [name, Number(figure?.replaceAll(',', ''))]));
}

async function donationsPerRound(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT r.chain_id, r.id, r.total_donations_count AS counted, count(d.id)::int AS stored
       FROM rounds r LEFT JOIN donations d ON d.chain_id = r.chain_id AND d.round_id = r.id
       GROUP BY r.chain_id, r.id, r.total_donations_count ORDER BY r.chain_id`,
    );
    return rows.map((row) => [row.chain_id, row.id, row.counted, row.stored]);
  } finally {
    await client.end();
  }
}

describe('the indexer as a command', () => {
  it('helps, and tells its version, without touching a database', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runMain(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const help = await runMain(['--help']);
    expect(help).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: npm run index -- \[options\] <source>…/);
  });

  it('refuses a bad command line with exit code 2 and a line a problem', async () => {
    const { exitCode, stdout, stderr } = await runMain(['--pool-size', 'x', 'nowhere.ndjson']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'indexer: --pool-size: expected a whole number from 1 to 1000, found "x"',
      'indexer: source "nowhere.ndjson": expected a file of NDJSON, "-" or an http(s) URL; there is no such file',
    ]);
  });

  it('indexes stdin into an embedded PostgreSQL, ends with 3 where lines were bad, and finds nothing new the second time', async () => {
    const folder = temporaryFolder();
    const made = madeEvents(20);
    writeFiles(folder, made);
    const lines = made.events.map((event) => JSON.stringify(event));
    const bad = lines.at(-1)?.replace(/"amount":"\d+"/, '"amount":"-5"');
    const input = [...lines.slice(0, -1), '{oops', bad].join('\n');
    const args = ['-', '--database-url', `pglite:${join(folder, 'db')}`, '--ipfs', join(folder, 'ipfs')];
    const prices = ['--prices', join(folder, 'prices.ndjson')];

    const first = await runMain([...args, ...prices], input);
    expect(first.exitCode).toBe(3);
    expect(figuresOf(first.stdout)).toMatchObject({ donations: 39, ignored: 4, skipped: 0, failed: 2 });
    expect(first.stderr).toMatch(
      new RegExp(`^indexer: stdin:${lines.length}: BAD_JSON: expected a JSON object, found "\\{oops"`, 'm'),
    );
    expect(first.stderr).toMatch(
      new RegExp(
        `^indexer: stdin:${lines.length + 1}: BAD_AMOUNT: params.amount: expected a whole number`,
        'm',
      ),
    );

    const second = await runMain(args, lines.join('\n'));
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(figuresOf(second.stdout)).toMatchObject({ events: 1, donations: 1, failed: 0 });
  });

  it('ends with 1 and one clear line when a source is away', async () => {
    const url = `${await deadUrl()}/v1/graphql`;
    const database = `pglite:${join(temporaryFolder(), 'db')}`;
    const { exitCode, stderr } = await runMain([url, '--database-url', database]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^indexer: http:[^\n]+: expected an answer, found none in 6 attempts: [^\n]+\n$/);
  });

  it('ends with 2 when the prices cannot be taken, and indexes nothing', async () => {
    const folder = temporaryFolder();
    const made = madeEvents(1);
    writeFiles(folder, made);
    const prices = temporaryFile(
      'prices.ndjson',
      '{"tokenCode":"ETH","timestampMs":1,"priceUsd":2431.337}\n',
    );
    const { exitCode, stdout, stderr } = await runMain([
      ...[join(folder, 'events.ndjson'), '--ipfs', join(folder, 'ipfs'), '--prices', prices],
      ...['--database-url', `pglite:${join(folder, 'db')}`],
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      `indexer: ${prices}:1: priceUsd: expected decimal digits in quotes, such as "2431.337", found 2431.337\n`,
    );
  });
});

describeWith(['postgres'], 'the indexer on a PostgreSQL server', () => {
  it('indexes all chains of a GraphQL source, documents from a gateway', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const folder = temporaryFolder();
    const made = madeEvents(50);
    writeFiles(folder, made);
    const mock = await startEnvioMock(made);
    onTestFinished(() => mock.close());
    const args = [
      '--prices',
      join(folder, 'prices.ndjson'),
      '--database-url',
      database.url,
      '--batch-size',
      '20',
    ];
    const outcome = await runMain([...args, '--ipfs', mock.url, mock.graphqlUrl]);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(figuresOf(outcome.stdout)).toMatchObject({ donations: 100, failed: 0 });
    expect(await donationsPerRound(database.url)).toEqual([
      [10, '3', 50, 50],
      [42161, '27', 50, 50],
    ]);
  });

  it('ends whole events at SIGINT, also at a second signal, and the next run takes up the rest', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const folder = temporaryFolder();
    writeFiles(folder, madeEvents(400));
    const args = [
      ...[
        join(folder, 'events.ndjson'),
        '--ipfs',
        join(folder, 'ipfs'),
        '--prices',
        join(folder, 'prices.ndjson'),
      ],
      ...['--database-url', database.url, '--batch-size', '50'],
    ];
    const stopped = await watchMain(args, (report, child) => {
      if (report.donations === 0 || child.killed) return;
      child.kill('SIGINT');
      child.kill('SIGTERM');
    });
    expect(stopped.exitCode).toBe(0);
    expect(stopped.stderr).toMatch(/^SIG(INT|TERM): finishing the event in hand\n/);
    const taken = stopped.report?.donations ?? 0;
    const before = (await donationsPerRound(database.url)) as [number, string, number, number][];
    expect(taken).toBeLessThan(800);
    expect(before.reduce((sum, [, , , stored]) => sum + stored, 0)).toBe(taken);
    for (const [, , counted, stored] of before) expect(counted).toBe(stored);

    const rest = await runMain(args);
    expect(rest).toMatchObject({ exitCode: 0, stderr: '' });
    expect(figuresOf(rest.stdout)['donations']).toBe(800 - taken);
    expect(await donationsPerRound(database.url)).toEqual([
      [10, '3', 400, 400],
      [42161, '27', 400, 400],
    ]);
  });

  it('takes failed events again once their documents are there', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const folder = temporaryFolder();
    writeFiles(folder, madeEvents(5));
    const common = ['--database-url', database.url, '--prices', join(folder, 'prices.ndjson')];
    const failed = await runMain([join(folder, 'events.ndjson'), ...common]);
    expect(failed.exitCode).toBe(3);
    expect(failed.stderr).toMatch(
      /events\.ndjson:\d+: MISSING_DOCUMENT: document b\w+: nowhere to read it from; give --ipfs$/m,
    );
    expect(failed.stderr).toMatch(/events\.ndjson:\d+: UNKNOWN_ROUND: /);

    const again = await runMain(['retry', ...common, '--ipfs', join(folder, 'ipfs')]);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(figuresOf(again.stdout)).toMatchObject({ donations: 10, failed: 0 });
    expect(await donationsPerRound(database.url)).toEqual([
      [10, '3', 5, 5],
      [42161, '27', 5, 5],
    ]);
  });
});
