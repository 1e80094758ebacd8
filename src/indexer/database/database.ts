import pg from 'pg';
import { markConnectionError, sqlStateOf } from './database-error.js';
import type { PgliteServer } from './pglite-server.js';

/** One statement of the indexer: `name` is what PostgreSQL keeps its plan under, where statements are named. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Rows of a statement; how many it touched. */
export interface Result<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/** Something that statements run on. */
export interface Queries {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Result<Row>>;
}

/** A transaction that is open. */
export interface Transaction extends Queries {
  /** Runs several statements without values, one after the other. */
  script(text: string): Promise<void>;
  /** Rolls back instead of committing, once the work is through; that is no error. */
  abandon(): void;
}

/** The indexer's database. Each call takes a connection from the pool for as long as it needs one. */
export interface Database extends Queries {
  /** Where it is, without a password. */
  readonly address: string;
  /** Runs `work` between BEGIN and COMMIT; ROLLBACK where it throws. The connection goes back to the pool, or away if it is broken. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Ends the connections, and an embedded server. */
  close(): Promise<void>;
}

const PGLITE = /^pglite:(?:\/\/)?(.+)$/;
const CONNECT_TIMEOUT_MS = 10_000;

/** The pool's own time limit would also end a wait for a connection that is merely in use; this one is for connecting alone. */
class TimedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super({
      ...(typeof config === 'string' ? { connectionString: config } : config),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
  }
}

function withoutPassword(databaseUrl: string): string {
  if (!URL.canParse(databaseUrl)) return 'the given address';
  const url = new URL(databaseUrl);
  return `${url.protocol}//${url.username === '' ? '' : `${url.username}@`}${url.host}${url.pathname}`;
}

/** A pool, and the connections of it that are broken. */
class PooledDatabase implements Database {
  private readonly broken = new WeakSet<pg.ClientBase>();
  readonly address: string;

  constructor(
    private readonly pool: pg.Pool,
    private readonly options: { address: string; namesStatements: boolean; server?: PgliteServer },
  ) {
    this.address = options.address;
    pool.on('error', () => {});
    pool.on('connect', (client) => {
      client.on('error', () => this.broken.add(client));
    });
  }

  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Result<Row>> {
    return this.withClient((client) => this.run<Row>(client, statement, values));
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.withClient(async (client) => {
      let isAbandoned = false;
      await this.command(client, 'BEGIN');
      try {
        const result = await work({
          query: (statement, values) => this.run(client, statement, values),
          script: (text) => this.command(client, text),
          abandon: () => {
            isAbandoned = true;
          },
        });
        await this.command(client, isAbandoned ? 'ROLLBACK' : 'COMMIT');
        return result;
      } catch (error) {
        if (!this.broken.has(client)) await this.rollBack(client);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.options.server?.close();
  }

  private async withClient<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      if (sqlStateOf(error) === undefined) markConnectionError(error);
      throw error;
    });
    try {
      return await use(client);
    } finally {
      client.release(this.broken.has(client));
    }
  }

  /** A connection that cannot even roll back is not used again. */
  private async rollBack(client: pg.PoolClient): Promise<void> {
    await client.query('ROLLBACK').catch(() => this.broken.add(client));
  }

  private async command(client: pg.PoolClient, text: string): Promise<void> {
    await client.query(text).catch((error: unknown) => this.rethrow(client, error));
  }

  private async run<Row extends object>(
    client: pg.PoolClient,
    { name, text }: Statement,
    values: readonly unknown[],
  ): Promise<Result<Row>> {
    const query = this.options.namesStatements ? { name, text } : { text };
    const result = await client
      .query<Row & pg.QueryResultRow>({ ...query, values: [...values] })
      .catch((error: unknown) => this.rethrow(client, error));
    return { rows: result.rows, rowCount: result.rowCount ?? 0 };
  }

  private rethrow(client: pg.PoolClient, error: unknown): never {
    if (this.broken.has(client) && sqlStateOf(error) === undefined) markConnectionError(error);
    throw error;
  }
}

/**
 * Opens the database of a URL: `postgres://…`, or `pglite:<folder>` for an embedded one, which is started here and has one connection.
 * A server is not asked anything yet.
 * @throws DatabaseUnavailableError for a folder that is in use or holds no database that can be read.
 */
export async function openDatabase(options: { databaseUrl: string; poolSize: number }): Promise<Database> {
  const { databaseUrl, poolSize } = options;
  const folder = PGLITE.exec(databaseUrl)?.[1];
  if (folder === undefined) {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: poolSize,
      Client: TimedClient,
      fallback_application_name: 'grants-indexer',
    } as pg.PoolConfig);
    return new PooledDatabase(pool, { address: withoutPassword(databaseUrl), namesStatements: true });
  }
  const { startPglite } = await import('./pglite-server.js');
  const server = await startPglite(folder);
  const pool = new pg.Pool({
    host: server.socketFolder,
    port: server.port,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
  });
  return new PooledDatabase(pool, { address: `pglite:${folder}`, namesStatements: false, server });
}
