import { types } from 'node:util';

/** Also one of another realm, which is no instance of this realm's class. */
export function isError(value: unknown): value is Error {
  if (value instanceof Error || types.isNativeError(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { message, stack } = value as Partial<Error>;
  return typeof message === 'string' && typeof stack === 'string';
}

/** What caused an error, directly or not. */
export interface CauseOfError {
  readonly cause: unknown;
  /** Whether nothing is told of what caused this one. */
  readonly isRoot: boolean;
}

const MOST_CAUSES = 8;
/** As far as a root is sought. */
const MOST_LOOKED_AT = 64;
/** Of an error that stands for several: the attempts at the addresses of one host, say. */
const MOST_AT_ONCE = 3;

/** `cause`, or the errors of an `AggregateError`; what else has `errors` (answers of GraphQL, of a schema) tells of them by its message. */
function readCausesBelow(error: object): unknown[] {
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  if (cause !== undefined && cause !== null) return [cause];
  const found: unknown[] = [];
  if (!Array.isArray(errors)) return found;
  for (let at = 0; at < errors.length && at < MOST_LOOKED_AT && found.length < MOST_AT_ONCE; at++)
    if (isError(errors[at])) found.push(errors[at]);
  return found;
}

function causesBelow(error: unknown): unknown[] {
  try {
    return typeof error === 'object' && error !== null ? readCausesBelow(error) : [];
  } catch {
    // A getter of the application's.
    return [];
  }
}

/** The causes of an error, each before those of its own, at most eight, the last root among them. Never throws. */
export function causesOf(error: unknown): CauseOfError[] {
  const found: CauseOfError[] = [];
  const seen = new Set([error]);
  const add = (cause: unknown, above: ReadonlySet<unknown>): void => {
    if (seen.has(cause) || found.length >= MOST_LOOKED_AT) return;
    seen.add(cause);
    const below = causesBelow(cause).filter((next) => !above.has(next));
    found.push({ cause, isRoot: below.length === 0 });
    for (const next of below) add(next, new Set([...above, cause]));
  };
  for (const cause of causesBelow(error)) add(cause, new Set([error]));
  if (found.length <= MOST_CAUSES) return found;
  const root = found.findLast(({ isRoot }) => isRoot) ?? found[MOST_CAUSES - 1];
  return [...found.slice(0, MOST_CAUSES - 1), root as CauseOfError];
}
