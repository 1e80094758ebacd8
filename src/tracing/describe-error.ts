/** An error as a span may say it: its type, low in cardinality, and a message that quotes no row. */
export interface ErrorDescription {
  /** SQLSTATE of a database error, else the error's `code`, else its class name. */
  readonly type: string;
  readonly message: string;
  /** The stack without the message in its first lines, if there is one. */
  readonly stack?: string;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** SQLSTATE, constraint and table of an error that PostgreSQL answered, or undefined for any other error. */
export function describeDatabaseError(error: unknown): { sqlState: string; message: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, severity, constraint, table } = error as Record<string, unknown>;
  if (typeof code !== 'string' || !SQLSTATE.test(code) || text(severity) === undefined) return undefined;
  const parts = [`SQLSTATE ${code}`];
  if (text(constraint)) parts.push(`constraint ${constraint}`);
  if (text(table)) parts.push(`table ${table}`);
  return { sqlState: code, message: parts.join(', ') };
}

function stackFrames(error: Error): string | undefined {
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return frames?.length ? frames.join('\n') : undefined;
}

/** Describes anything that can be thrown; never throws itself. PostgreSQL's own text is left out, because it quotes rows. */
export function describeError(error: unknown): ErrorDescription {
  try {
    const database = describeDatabaseError(error);
    if (!(error instanceof Error)) {
      return database
        ? { type: database.sqlState, message: database.message }
        : { type: typeof error, message: String(error) };
    }
    const code = text((error as { code?: unknown }).code);
    const type = database?.sqlState ?? code ?? text(error.name) ?? 'Error';
    const message = database?.message ?? error.message;
    const frames = stackFrames(error);
    return frames ? { type, message, stack: `${type}: ${message}\n${frames}` } : { type, message };
  } catch {
    return { type: 'unknown', message: 'an error that cannot be described' };
  }
}
