import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import type { Backoff } from '../../../src/indexer/database/database-retry.js';
import { createMetadata } from '../../../src/indexer/metadata.js';
import { type RunReport, runIndexer } from '../../../src/indexer/run.js';
import { createSource } from '../../../src/indexer/sources/create-source.js';
import { createTokens } from '../../../src/indexer/tokens.js';
import { type Recount, recount, type Stats, toUsdUnits } from './recount.js';
import { makePrices, type PriceLine, type RawEvent, type World } from './world.js';

/** A temporary folder with documents and prices, and runs of the indexer over files in it. */
export interface Lab {
  readonly folder: string;
  readonly prices: PriceLine[];
  /** Writes a file of NDJSON and names it. */
  file(name: string, lines: readonly (RawEvent | string)[]): Promise<string>;
  addDocuments(documents: ReadonlyMap<string, unknown>): Promise<void>;
  run(options: LabRun): Promise<{ report: RunReport; failures: string[] }>;
  remove(): Promise<void>;
}

export interface LabRun {
  readonly databaseUrl: string;
  readonly files?: readonly string[];
  readonly command?: 'index' | 'retry';
  readonly batchSize?: number;
  readonly backoff?: Backoff;
  readonly signal?: AbortSignal;
  readonly priceToleranceMs?: number;
  readonly onFailure?: (line: string) => void;
  readonly onProgress?: (report: RunReport) => void;
}

function configOf(folder: string, options: LabRun) {
  return {
    command: options.command ?? 'index',
    sources: options.files ?? [],
    databaseUrl: options.databaseUrl,
    ipfs: join(folder, 'ipfs'),
    prices: join(folder, 'prices.ndjson'),
    priceToleranceMs: options.priceToleranceMs ?? 86_400_000,
    poolSize: 4,
    batchSize: options.batchSize ?? 50,
    follow: false,
  } as const;
}

export async function createLab(worlds: readonly World[]): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-lab-'));
  const prices = makePrices();
  const file: Lab['file'] = async (name, lines) => {
    const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const addDocuments: Lab['addDocuments'] = async (documents) => {
    for (const [cid, value] of documents)
      await writeFile(join(folder, 'ipfs', `${cid}.json`), JSON.stringify(value));
  };
  await mkdir(join(folder, 'ipfs'));
  for (const { documents } of worlds) await addDocuments(documents);
  await writeFile(
    join(folder, 'prices.ndjson'),
    prices.map((price) => `${JSON.stringify(price)}\n`).join(''),
  );
  return {
    folder,
    prices,
    file,
    addDocuments,
    async run(options) {
      const failures: string[] = [];
      const config = configOf(folder, options);
      const report = await runIndexer({
        config,
        sources: config.sources.map((spec) =>
          createSource(spec, { fallbackChains: [], follow: false, onProblem: () => {} }),
        ),
        metadata: createMetadata(config.ipfs),
        tokens: createTokens(),
        signal: options.signal ?? new AbortController().signal,
        onProgress: options.onProgress ?? (() => {}),
        onFailure: (line) => {
          failures.push(line);
          options.onFailure?.(line);
        },
        ...(options.backoff ? { backoff: options.backoff } : {}),
      });
      return { report, failures };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Rows of a question asked beside the indexer. */
export async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

interface StatsRow {
  key: string;
  donations: number;
  donors: number;
  usd: string;
}

function toStats(rows: readonly StatsRow[]): Map<string, Stats> {
  return new Map(
    rows.map(({ key, donations, donors, usd }) => [key, { donations, donors, usd: toUsdUnits(usd) }]),
  );
}

const STATS =
  'total_donations_count AS donations, unique_donors_count AS donors, total_amount_donated_in_usd AS usd';

/** What the database holds, in the form of a recount. */
async function readBack(url: string): Promise<Recount> {
  const rounds = `SELECT chain_id || '/' || id AS key, ${STATS} FROM rounds WHERE total_donations_count > 0`;
  const applications = `SELECT chain_id || '/' || round_id || '/' || anchor_address AS key, ${STATS} FROM applications WHERE total_donations_count > 0`;
  const donations = `SELECT p.chain_id || '/' || p.block_number || '/' || p.log_index AS key, d.amount, d.amount_in_usd, d.amount_in_round_match_token
    FROM donations d JOIN processed_events p ON p.chain_id = d.chain_id AND p.block_number = d.block_number
    WHERE d.transaction_hash = '0x' || encode(sha256((p.chain_id || '/' || p.block_number || '/' || p.log_index)::bytea), 'hex')`;
  const rows = await ask<Record<'key' | 'amount' | 'amount_in_usd' | 'amount_in_round_match_token', string>>(
    url,
    donations,
  );
  return {
    rounds: toStats(await ask<StatsRow>(url, rounds)),
    applications: toStats(await ask<StatsRow>(url, applications)),
    donations: new Map(
      rows.map((row) => [
        row.key,
        {
          usd: toUsdUnits(row.amount_in_usd),
          inMatchToken: BigInt(row.amount_in_round_match_token),
          amount: row.amount,
        },
      ]),
    ),
  };
}

/** Compares the database with a recount of the events that had to be taken. */
export async function expectRecount(url: string, events: readonly RawEvent[], prices: readonly PriceLine[]) {
  const expected = recount(events, prices);
  expect(expected.donations.size).toBeGreaterThan(0);
  expect(await readBack(url)).toEqual(expected);
}
