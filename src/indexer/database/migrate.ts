import type { Database, Statement } from './database.js';
import { DatabaseUnavailableError } from './database-error.js';
import { MIGRATIONS } from './migrations.js';

/** Any number, as long as all versions of this program use the same one. */
const LOCK_KEY = '4201618453';

const LOCK: Statement = { name: 'migrate_lock', text: `SELECT pg_advisory_xact_lock(${LOCK_KEY})` };
const CREATE: Statement = {
  name: 'migrate_create',
  text: 'CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
};
const VERSION: Statement = {
  name: 'migrate_version',
  text: 'SELECT coalesce(max(version), 0) AS version FROM migrations',
};
const APPLIED: Statement = {
  name: 'migrate_applied',
  text: 'INSERT INTO migrations (version) VALUES ($1)',
};

/**
 * Brings the schema up to this program's version, in one transaction; processes that start together wait for each other.
 * @throws DatabaseUnavailableError for a database that a newer version of the program has migrated.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(LOCK, []);
    await transaction.query(CREATE, []);
    const { rows } = await transaction.query<{ version: number }>(VERSION, []);
    const version = rows[0]?.version ?? 0;
    if (version > MIGRATIONS.length)
      throw new DatabaseUnavailableError(
        `expected a schema of version ${MIGRATIONS.length} or older at ${database.address}, found version ${version}; ` +
          'use the newer version of this program that made it',
      );
    for (const [index, text] of MIGRATIONS.entries()) {
      if (index < version) continue;
      await transaction.script(text);
      await transaction.query(APPLIED, [index + 1]);
    }
  });
}
