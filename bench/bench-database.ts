import pg from 'pg';

/** A database for one run of an indexer. */
export interface BenchDatabase {
  readonly url: string;
  /** How many donations are in it; 0 before it has a table of them. */
  written(): Promise<number>;
  drop(): Promise<void>;
}

/** Makes an empty database on the server that `serverUrl` names a database of. */
export async function makeDatabase(serverUrl: string, name: string): Promise<BenchDatabase> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const own = new pg.Client({ connectionString: url.href });
  await own.connect();
  return {
    url: url.href,
    async written() {
      const { rows } = await own.query<{ made: string | null }>("SELECT to_regclass('donations') AS made");
      if (!rows[0]?.made) return 0;
      const counted = await own.query<{ n: number }>('SELECT count(*)::int AS n FROM donations');
      return counted.rows[0]?.n ?? 0;
    },
    async drop() {
      await own.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
