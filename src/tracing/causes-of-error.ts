/** Also one of another realm, which is no instance of this realm's class. */
export function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
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
/** Of an error that stands for several: the attempts at the addresses of one host, say. */
const MOST_AT_ONCE = 3;

/** `cause`, or the errors of an `AggregateError`; what else has `errors` (answers of GraphQL, of a schema) tells of them by its message. */
function causesBelow(error: unknown): readonly unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  try {
    const { cause, errors } = error as { cause?: unknown; errors?: unknown };
    if (cause !== undefined && cause !== null) return [cause];
    return Array.isArray(errors) ? errors.filter(isError).slice(0, MOST_AT_ONCE) : [];
  } catch {
    // A getter of the application's.
    return [];
  }
}

/** The causes of an error, each before those of its own, eight at most. Never throws. */
export function causesOf(error: unknown): CauseOfError[] {
  const found: CauseOfError[] = [];
  const seen = new Set([error]);
  const add = (cause: unknown): void => {
    if (seen.has(cause) || found.length >= MOST_CAUSES) return;
    seen.add(cause);
    const below = causesBelow(cause).filter((next) => !seen.has(next));
    found.push({ cause, isRoot: below.length === 0 });
    for (const next of below) add(next);
  };
  for (const cause of causesBelow(error)) add(cause);
  return found;
}
