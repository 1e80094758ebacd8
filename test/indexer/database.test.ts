import { expect, it } from 'vitest';
import { type Database, openDatabase, type Statement } from '../../src/indexer/database/database.js';
import { DatabaseUnavailableError } from '../../src/indexer/database/database-error.js';
import { createDatabaseRetry } from '../../src/indexer/database/database-retry.js';
import { migrate } from '../../src/indexer/database/migrate.js';
import { describeWith, freshDatabase } from '../support/servers.js';
import { ask } from './support/lab.js';

const QUICKLY = { firstDelayMs: 1, longestDelayMs: 5, totalMs: 50 };

function statement(name: string, text: string): Statement {
  return { name, text };
}

async function withDatabase(run: (database: Database, url: string) => Promise<void>): Promise<void> {
  const server = await freshDatabase();
  const database = await openDatabase({ databaseUrl: server.url, poolSize: 5 });
  try {
    await run(database, server.url);
  } finally {
    await database.close();
    await server.drop();
  }
}

function retryOf(database: Database) {
  const { signal } = new AbortController();
  return createDatabaseRetry({ address: database.address, backoff: QUICKLY, signal });
}

describeWith(['postgres'], 'the database', () => {
  it('is migrated once by processes that start together', () =>
    withDatabase(async (database, url) => {
      await Promise.all([migrate(database), migrate(database), migrate(database)]);
      expect(await ask(url, 'SELECT version FROM migrations')).toEqual([{ version: 1 }]);
    }));

  it('is refused when a newer program has migrated it', () =>
    withDatabase(async (database, url) => {
      await migrate(database);
      await ask(url, 'INSERT INTO migrations (version) VALUES (99)');
      await expect(migrate(database)).rejects.toThrow(
        /expected a schema of version 1 or older .* found version 99/,
      );
    }));

  it('rolls back a transaction that throws or is abandoned, and goes on', () =>
    withDatabase(async (database, url) => {
      await ask(url, 'CREATE TABLE words (word text PRIMARY KEY)');
      const insert = statement('insert_word', 'INSERT INTO words VALUES ($1)');
      const twice = database.transaction(async (transaction) => {
        await transaction.query(insert, ['one']);
        await transaction.query(insert, ['one']);
      });
      await expect(twice).rejects.toMatchObject({ code: '23505' });
      await database.transaction(async (transaction) => {
        await transaction.query(insert, ['two']);
        transaction.abandon();
      });
      await database.transaction((transaction) => transaction.query(insert, ['three']));
      expect(await ask(url, 'SELECT word FROM words')).toEqual([{ word: 'three' }]);
    }));

  it('gives work that lost its connection another one', () =>
    withDatabase(async (database, url) => {
      const pid = statement('pid', 'SELECT pg_backend_pid() AS pid');
      const attempts: number[] = [];
      const result = await retryOf(database)((attempt) =>
        database.transaction(async (transaction) => {
          attempts.push(attempt);
          const { rows } = await transaction.query<{ pid: number }>(pid, []);
          if (attempt === 1) await ask(url, `SELECT pg_terminate_backend(${rows[0]?.pid})`);
          await transaction.query(statement('one', 'SELECT 1'), []);
          return 'done';
        }),
      );
      expect(result).toBe('done');
      expect(attempts).toEqual([1, 2]);
    }));

  it('ends with one clear error, without the password, when it stays away', async () => {
    const database = await openDatabase({
      databaseUrl: 'postgres://someone:secret@127.0.0.1:1/grants',
      poolSize: 1,
    });
    const failure = retryOf(database)(() => database.query(statement('one', 'SELECT 1'), []));
    await expect(failure).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await expect(failure).rejects.toThrow(
      /^expected a working database at postgres:\/\/someone@127\.0\.0\.1:1\/grants, found: .*ECONNREFUSED/,
    );
    await database.close();
  });

  it('is not waited for when what it answers will not change', () =>
    withDatabase(async (database) => {
      let attempts = 0;
      const failure = retryOf(database)(() => {
        attempts++;
        return database.query(statement('none', 'SELECT * FROM no_such_table'), []);
      });
      await expect(failure).rejects.toThrow(/SQLSTATE 42P01/);
      expect(attempts).toBe(1);
    }));
});
