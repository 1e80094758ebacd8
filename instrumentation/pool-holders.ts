import type { Attributes, Span } from '@opentelemetry/api';

/** A pool of `pg`, as far as it tells who has its connections. */
export interface PoolOfHolders {
  readonly options?: { readonly max?: number };
  readonly totalCount?: number;
  readonly waitingCount?: number;
  readonly _clients?: unknown;
  /** Of objects that have a `client` each. */
  readonly _idle?: unknown;
}

/** A connection of a pool. Each time that it is lent, its `release` is another function. */
interface Connection {
  readonly release?: unknown;
}

/** Who has waited for a connection, or ran the first statement on it since it was lent: of a transaction that is who holds it open. */
interface User {
  step: string;
  /** That of the time that the connection was lent. */
  release: unknown;
}

const NOT_TRACED = '(not traced)';
const NO_STATEMENT = '(no statement yet)';

const users = new WeakMap<object, User>();

/** Spans of an SDK have a name, though the API does not say so; those that are not recorded have none. */
function nameOf(step: Span | undefined): string {
  const name = (step as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : NOT_TRACED;
}

/** Notes who has waited for a connection, or runs a statement on it: `step`, or what is not traced. The first one since it was lent counts. */
export function noteUser(connection: unknown, step: Span | undefined): void {
  if (typeof connection !== 'object' || connection === null) return;
  // Of a connection without a pool nobody waits for.
  const { release } = connection as Connection;
  if (release === undefined) return;
  const user = users.get(connection);
  if (user === undefined) users.set(connection, { step: nameOf(step), release });
  else if (user.release !== release) {
    user.step = nameOf(step);
    user.release = release;
  }
}

/** The step that has a connection. */
function holderOf(connection: Connection): string {
  const user = users.get(connection);
  return user !== undefined && user.release === connection.release ? user.step : NO_STATEMENT;
}

function lentOf({ _clients: all, _idle: idle }: PoolOfHolders): Connection[] {
  if (!Array.isArray(all) || !Array.isArray(idle)) return [];
  const notLent = new Set(idle.map((item?: { client?: unknown }) => item?.client));
  // One that is still being opened has none to have it.
  return all.filter((connection) => connection?.release !== undefined && !notLent.has(connection));
}

function idleCountOf({ _idle: idle }: PoolOfHolders): number {
  return Array.isArray(idle) ? idle.length : 0;
}

function readWait(pool: PoolOfHolders): Attributes {
  const { options, totalCount = 0, waitingCount } = pool;
  if (totalCount < (options?.max ?? Number.POSITIVE_INFINITY)) return {};
  const attributes: Attributes = {};
  // Some of those that wait get a connection before anything else happens.
  const soonLent = Math.min(waitingCount ?? 0, idleCountOf(pool));
  if (waitingCount !== undefined) attributes['poolWaiting'] = waitingCount - soonLent;
  const holders = new Set(lentOf(pool).map(holderOf));
  if (soonLent > 0) holders.add(NO_STATEMENT);
  if (holders.size > 0) attributes['poolHeldBy'] = [...holders].sort().join(', ');
  return attributes;
}

/**
 * What a wait tells that begins now, in a pool that opens no more connections: how many wait already, and who has them. Else, and of a pool that
 * cannot be read, nothing. Never throws.
 */
export function attributesOfWait(pool: PoolOfHolders): Attributes {
  try {
    return readWait(pool);
  } catch {
    return {};
  }
}
