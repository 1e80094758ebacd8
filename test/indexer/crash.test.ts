import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseUnavailableError } from '../../src/indexer/database/database-error.js';
import { type PostgresServer, startPostgres } from '../support/postgres.js';
import { describeWith } from '../support/servers.js';
import { ask, createLab, expectRecount, type Lab } from './support/lab.js';
import { makeWorld } from './support/world.js';

const world = makeWorld({ chainId: 42161, seed: 5, donations: 400 });
const other = makeWorld({ chainId: 10, seed: 6, donations: 400 });
const events = [...world.events, ...other.events].sort((a, b) => a.blockTimestamp - b.blockTimestamp);

describeWith(['postgres'], 'a server that goes away in the middle of a run', () => {
  let lab: Lab;
  let server: PostgresServer;

  beforeEach(async () => {
    [lab, server] = await Promise.all([createLab([world, other]), startPostgres()]);
  });
  afterEach(async () => {
    await Promise.all([lab.remove(), server.close()]);
  });

  /** Runs once at the first progress after some donations. */
  function afterSomeDonations(act: () => Promise<void>) {
    let acted: Promise<void> | undefined;
    return {
      onProgress: (report: { donations: number }) => {
        if (report.donations > 20) acted ??= act();
      },
      hasActed: () => acted,
    };
  }

  it('is waited for, and nothing is counted twice', async () => {
    const file = await lab.file('events.ndjson', events);
    const crash = afterSomeDonations(async () => {
      await server.crash();
      await server.restart();
    });
    const { report, failures } = await lab.run({
      databaseUrl: server.url,
      files: [file],
      batchSize: 100,
      onProgress: crash.onProgress,
    });
    expect(crash.hasActed()).toBeDefined();
    expect(failures).toEqual([]);
    expect(report).toMatchObject({ donations: 800, failed: 0 });
    await expectRecount(server.url, events, lab.prices);
  });

  it('ends the run when it stays away, and the next run does the rest', async () => {
    const file = await lab.file('events.ndjson', events);
    const crash = afterSomeDonations(() => server.crash());
    let told = 0;
    const run = lab.run({
      databaseUrl: server.url,
      files: [file],
      batchSize: 100,
      backoff: { firstDelayMs: 1, longestDelayMs: 10, totalMs: 100 },
      onProgress: (report) => {
        told = report.donations;
        crash.onProgress(report);
      },
    });
    await expect(run).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await crash.hasActed();
    await server.restart();
    const [stored] = await ask<{ donations: number }>(
      server.url,
      'SELECT count(*)::integer AS donations FROM donations',
    );
    // Of each chain one COMMIT may have gone unanswered.
    expect([told, told + 1, told + 2]).toContain(stored?.donations);
    const { failures } = await lab.run({ databaseUrl: server.url, files: [file] });
    expect(failures).toEqual([]);
    await expectRecount(server.url, events, lab.prices);
  });
});
