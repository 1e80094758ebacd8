/** The database is away, or refuses to work, and waiting did not help. Nothing is half written; a later run goes on from here. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'DATABASE_UNAVAILABLE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseUnavailableError';
  }
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

const UNIQUE_VIOLATION = '23505';

/** Connection and resource failures, a server that is going or coming, a standby, conflicts with other transactions, time limits. */
const TRANSIENT = /^(08|53|40|57P0[1-5]|57014$|55P03$|25006$)/;

/** Data exceptions and integrity violations: what was written is at fault, not the database. */
const DATA = /^(22|23)/;

/** Errors without a SQLSTATE that came of a connection, as the pool saw them; pg gives some of them no code at all. */
const connectionErrors = new WeakSet<object>();

/** The SQLSTATE of an error that PostgreSQL answered; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && SQLSTATE.test(code) && typeof severity === 'string' ? code : undefined;
}

/** Remembers that an error came of a connection that could not be made or was lost. */
export function markConnectionError(error: unknown): void {
  if (typeof error === 'object' && error !== null) connectionErrors.add(error);
}

/** True where the same work may succeed a little later. */
export function isTransient(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) return TRANSIENT.test(sqlState);
  return typeof error === 'object' && error !== null && connectionErrors.has(error);
}

/** True for an error of the database that no other event could escape: a missing table or right, a full disk, a lost connection. */
export function isDatabaseFault(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  return sqlState === undefined ? isTransient(error) : !DATA.test(sqlState);
}

/** True where a row with the same key was there. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlStateOf(error) === UNIQUE_VIOLATION;
}

/** What went wrong with the database, in one line: a SQLSTATE and its text, or the code of a system error. */
export function describeFault(error: unknown): string {
  const sqlState = sqlStateOf(error);
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (sqlState !== undefined) return `SQLSTATE ${sqlState}: ${message}`;
  if (message !== '') return message;
  return typeof code === 'string' ? code : 'an error without a message';
}
