import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const LOOK_ALIKE = fileURLToPath(new URL('./look-alike/', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** What each package depends on, in the workspace and outside of it. */
const PACKAGES: Record<string, { workspace: string[]; outside: string[] }> = {
  shared: { workspace: [], outside: [] },
  repository: { workspace: ['shared'], outside: ['kysely', 'pg'] },
  pricing: { workspace: [], outside: [] },
  processors: { workspace: ['shared'], outside: [] },
  'data-flow': { workspace: ['shared', 'processors'], outside: [] },
};

async function writePackage(folder: string, fields: Record<string, unknown>): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', ...fields }));
}

async function link(from: string, target: string): Promise<void> {
  await mkdir(join(from, '..'), { recursive: true });
  await symlink(target, from, 'dir');
}

/** The look-alike as pnpm would have it: packages compiled to dist/src, each with symlinks to what it depends on and to nothing else. */
export async function makeWorkspace(): Promise<{ entry: string; remove(): Promise<void> }> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'grants-otel-workspace-')));
  const app = join(root, 'apps/processing');
  for (const [name, { workspace, outside }] of Object.entries(PACKAGES)) {
    const folder = join(root, 'packages', name);
    await cp(join(LOOK_ALIKE, name), join(folder, 'dist/src'), { recursive: true });
    await writePackage(folder, { name: `@grants-stack-indexer/${name}`, main: './dist/src/index.js' });
    for (const other of workspace) {
      await link(join(folder, 'node_modules/@grants-stack-indexer', other), join(root, 'packages', other));
    }
    for (const other of outside) await link(join(folder, 'node_modules', other), join(MODULES, other));
    await link(join(app, 'node_modules/@grants-stack-indexer', name), folder);
  }
  await cp(join(LOOK_ALIKE, 'app'), join(app, 'dist'), { recursive: true });
  await writePackage(app, { name: '@grants-stack-indexer/processor' });
  await link(join(app, 'node_modules/kysely'), join(MODULES, 'kysely'));
  return {
    entry: join(app, 'dist/index.js'),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

const STRATEGY = '0x2000000000000000000000000000000000000001';
const ETH = '0x0000000000000000000000000000000000000000';
export const USDC = '0xaf88d065e77c8cC2239327C5EDb3A432268e5831';

const TABLES = `
CREATE TABLE rounds (chain_id int, id text, strategy_address text, match_token_address text, total_donations_count int DEFAULT 0,
  total_amount_donated_in_usd numeric DEFAULT 0, unique_donors_count int DEFAULT 0, PRIMARY KEY (chain_id, id));
CREATE TABLE applications (chain_id int, round_id text, id text, anchor_address text, metadata jsonb, status text DEFAULT 'PENDING',
  total_donations_count int DEFAULT 0, total_amount_donated_in_usd numeric DEFAULT 0, unique_donors_count int DEFAULT 0,
  PRIMARY KEY (chain_id, round_id, id));
CREATE TABLE donations (id text PRIMARY KEY, chain_id int, round_id text, application_id text, donor_address text, recipient_address text,
  token_address text, amount numeric(30), amount_in_usd numeric, amount_in_round_match_token numeric);
CREATE TABLE events_registry (chain_id int PRIMARY KEY, block_number int, log_index int);
CREATE TABLE prices (code text PRIMARY KEY, usd numeric);
INSERT INTO prices VALUES ('ETH', 2500), ('USDC', 1);
INSERT INTO rounds (chain_id, id, strategy_address, match_token_address)
  SELECT chain, '27', '${STRATEGY}', '${USDC}' FROM unnest(ARRAY[10, 42161]) AS chain;
INSERT INTO applications (chain_id, round_id, id, anchor_address, metadata)
  SELECT chain, '27', id::text, '0x3' || id, '{"recipient": "0x4"}' FROM unnest(ARRAY[10, 42161]) AS chain, generate_series(0, 3) AS id;
UPDATE applications SET metadata = '{}' WHERE id = '2';`;

/** Makes the look-alike's tables, with two chains, a round of four applications each. */
export async function fillDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(TABLES);
  await client.end();
}

/** Everything that a run has left in the tables. */
export async function dumpDatabase(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = ['rounds', 'applications', 'donations', 'events_registry'];
  const tables: unknown[] = [];
  for (const name of names) {
    tables.push((await client.query(`SELECT * FROM ${name} ORDER BY ${name}::text`)).rows);
  }
  await client.end();
  return tables;
}

let block = 0;

/** An event as the look-alike's source has it, each in a block of its own. `refusals`: so often the price service is busy for it. */
export function allocated(
  params: { application: number | string; token?: string; amount?: string },
  { chainId = 42161, refusals = 0, strategy = STRATEGY } = {},
): Record<string, unknown> {
  return makeEvent('AllocatedWithOrigin', chainId, {
    srcAddress: strategy,
    blockTimestamp: 1_728_000_000_000 + 10 * block + refusals,
    params: {
      recipientId: `0x3${params.application}`,
      token: params.token ?? ETH,
      amount: params.amount ?? '10000000000000000',
      origin: '0x5000000000000000000000000000000000000005',
    },
  });
}

/** An event of any other kind. */
export function makeEvent(
  eventName: string,
  chainId: number,
  fields: Record<string, unknown>,
): Record<string, unknown> {
  block += 1;
  return {
    chainId,
    contractName: 'Strategy',
    eventName,
    blockNumber: block,
    logIndex: 3,
    srcAddress: STRATEGY,
    blockTimestamp: 1_728_000_000_000 + 10 * block,
    transactionFields: { hash: `0xaa${block}` },
    ...fields,
  };
}
