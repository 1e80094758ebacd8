import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith, freshDatabase } from '../support/servers.js';
import { ask, createLab, expectRecount, type Lab } from './support/lab.js';
import { makeWorld } from './support/world.js';

const world = makeWorld({ chainId: 42161, seed: 9, donations: 150 });
const MAIN = 'dist/src/indexer/main.js';

let lab: Lab;
beforeEach(async () => {
  lab = await createLab([world]);
});
afterEach(() => lab.remove());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function indexer(databaseUrl: string, ...args: string[]) {
  const options = ['--ipfs', join(lab.folder, 'ipfs'), '--prices', join(lab.folder, 'prices.ndjson')];
  const child = spawn(process.execPath, [MAIN, ...args, ...options, '--database-url', databaseUrl], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

function figure(ended: Ended, name: string): number {
  return Number(new RegExp(`^\\s*${name}\\s+([\\d,]+)`, 'm').exec(ended.stdout)?.[1]?.replace(',', ''));
}

describeWith(['postgres'], 'two indexers', () => {
  it('that start together on one database count every donation once', async () => {
    const database = await freshDatabase();
    const file = await lab.file('events.ndjson', world.events);
    const both = await Promise.all([indexer(database.url, file).ended, indexer(database.url, file).ended]);
    for (const ended of both)
      expect(ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('indexer:') });
    expect(both.reduce((sum, ended) => sum + figure(ended, 'donations'), 0)).toBe(150);
    await expectRecount(database.url, world.events, lab.prices);
    expect(await ask(database.url, 'SELECT * FROM failed_events')).toEqual([]);
    await database.drop();
  });
});

describeWith(['postgres'], 'an indexer that is killed', () => {
  it('is finished by the next one, and nothing is counted twice', async () => {
    const database = await freshDatabase();
    const file = await lab.file('events.ndjson', world.events);
    const killed = indexer(database.url, file, '--batch-size', '40');
    const count = `SELECT CASE WHEN to_regclass('donations') IS NULL THEN 0
      ELSE (xpath('//n/text()', query_to_xml('SELECT count(*) AS n FROM donations', true, true, '')))[1]::text::integer END AS donations`;
    let donations = 0;
    while (donations < 20 && killed.child.exitCode === null)
      donations = (await ask<{ donations: number }>(database.url, count))[0]?.donations ?? 0;
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(donations).toBeLessThan(150);
    const ended = await indexer(database.url, file).ended;
    expect(ended.code).toBe(0);
    await expectRecount(database.url, world.events, lab.prices);
    await database.drop();
  });
});

describe('an indexer with an embedded database', () => {
  it('ends by itself, keeps what it wrote, and finds nothing new the second time', async () => {
    const url = `pglite:${join(lab.folder, 'database')}`;
    const file = await lab.file('events.ndjson', [
      ...world.events,
      { ...world.events[0], blockNumber: -1 } as never,
    ]);
    const first = await indexer(url, file).ended;
    expect(first).toMatchObject({ code: 3 });
    expect(figure(first, 'donations')).toBe(150);
    const second = await indexer(url, file).ended;
    expect(second).toMatchObject({ code: 3 });
    expect([figure(second, 'events'), figure(second, 'skipped')]).toEqual([0, world.events.length - 2]);
    const retried = await indexer(url, 'retry').ended;
    expect([figure(retried, 'failed'), retried.code]).toEqual([1, 3]);
  }, 120_000);

  it('makes its folder anew where the process that was making it was killed', async () => {
    const folder = join(lab.folder, 'database');
    await mkdir(join(folder, 'base'), { recursive: true });
    await writeFile(`${folder}.lock`, `${2 ** 22 + 1} making\n`);
    const ended = await indexer(`pglite:${folder}`, await lab.file('events.ndjson', world.events)).ended;
    expect([figure(ended, 'donations'), ended.code]).toEqual([150, 0]);
  }, 120_000);

  it('says which process has the folder', async () => {
    const folder = join(lab.folder, 'database');
    await writeFile(`${folder}.lock`, `${process.pid}\n`);
    const ended = await indexer(`pglite:${folder}`, await lab.file('events.ndjson', world.events)).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`found it in use by process ${process.pid}`);
  });

  it('says so when the folder holds something else', async () => {
    const folder = join(lab.folder, 'ipfs');
    const ended = await indexer(`pglite:${folder}`, await lab.file('events.ndjson', world.events)).ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('expected a PGlite database, or a new folder for one');
  });
});
