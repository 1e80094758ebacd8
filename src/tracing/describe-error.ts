import { describeDatabaseError, withoutDatabaseTexts } from './database-errors.js';
import { kindOf } from './expect-function.js';
import { stackOfError } from './stack-of-error.js';
import { withoutUrlSecrets } from './url-secrets.js';

/** An error as a span may say it: its type, low in cardinality, and a message that quotes no row, and no key of a URL. */
export interface ErrorDescription {
  /** SQLSTATE of a database error, else the error's `code`, else its `name`, or that of its class where it is given none. */
  readonly type: string;
  /** At most 4096 characters. */
  readonly message: string;
  /** The stack without the message in its first lines, if there is one. */
  readonly stack?: string;
}

const LONGEST_MESSAGE = 4096;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Also one of another realm, which is no instance of this realm's class. */
function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { message, stack } = value as Partial<Error>;
  return typeof message === 'string' && typeof stack === 'string';
}

/** One or two letters are what a minifier made of a class: they tell less than `Error`. */
const SHORTEST_CLASS_NAME = 3;

/** The name of its class, where neither the error nor its class was given a name. */
function classNameOf(error: Error): string | undefined {
  try {
    const { constructor: ofClass } = error;
    if (Object.hasOwn(error, 'name') || Object.hasOwn(ofClass.prototype, 'name')) return undefined;
    return ofClass.name.length >= SHORTEST_CLASS_NAME ? text(ofClass.name) : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(error: Error): string {
  return classNameOf(error) ?? text(error.name) ?? 'Error';
}

function messageOf(error: unknown): string {
  const database = describeDatabaseError(error);
  if (database) return database.message;
  const { message: told } = (error ?? {}) as { message?: unknown };
  const own = isError(error) || typeof told === 'string' ? told : error;
  const message = withoutUrlSecrets(withoutDatabaseTexts(String(own), error));
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
}

/** The frames only: what comes before them is the message again, of which a line may look like a frame. */
function stackFrames(error: Error): string | undefined {
  const stack = stackOfError(error);
  if (stack === undefined) return undefined;
  const at = stack.indexOf(error.message);
  const below = at === -1 ? stack : stack.slice(at + error.message.length);
  const frames = below.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.length > 0 ? frames.join('\n') : undefined;
}

/** Describes anything that can be thrown; never throws itself. PostgreSQL's own text is left out, because it quotes rows. */
export function describeError(error: unknown): ErrorDescription {
  try {
    const sqlState = describeDatabaseError(error)?.sqlState;
    const message = messageOf(error);
    const code = text((error as { code?: unknown } | null | undefined)?.code);
    if (!isError(error)) {
      return { type: sqlState ?? code ?? kindOf(error), message };
    }
    const type = sqlState ?? code ?? nameOf(error);
    const frames = stackFrames(error);
    return frames ? { type, message, stack: `${type}: ${message}\n${frames}` } : { type, message };
  } catch {
    return { type: 'unknown', message: 'an error that cannot be described' };
  }
}
