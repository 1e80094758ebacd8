import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

export function createDatabase(connectionString) {
  const dialect = new PostgresDialect({ pool: new pg.Pool({ connectionString, max: 4 }) });
  return new Kysely({ dialect, plugins: [new CamelCasePlugin()] });
}

export class TransactionManager {
  constructor(db) {
    this.db = db;
  }

  async runInTransaction(run) {
    return this.db.transaction().execute(run);
  }
}
