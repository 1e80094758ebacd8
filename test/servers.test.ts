import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from './support/postgres.js';
import { describeWith, freshDatabase } from './support/servers.js';

async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describeWith(['postgres'], 'a fresh database', () => {
  it('is empty, and another one knows nothing of it', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    try {
      await ask(one.url, 'CREATE TABLE rounds (id text)');
      const tables = "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'";
      expect(await ask(one.url, tables)).toEqual([1]);
      expect(await ask(other.url, tables)).toEqual([0]);
    } finally {
      await Promise.all([one.drop(), other.drop()]);
    }
  });

  it('is dropped under the sessions that are still on it', async () => {
    const database = await freshDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.connect();
    await database.drop();
    await ended;
    expect(errors[0]).toMatchObject({ code: '57P01' });
    await expect(ask(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});

describeWith(['postgres'], "a test's own PostgreSQL", () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.close());

  it('has its data and its address again after a crash', async () => {
    await ask(server.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    await server.crash();
    await expect(ask(server.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(await ask(server.url, 'SELECT id FROM kept')).toEqual([1]);
  });
});
