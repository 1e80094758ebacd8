import { type CauseOfError, causesOf, isError } from './causes-of-error.js';
import { describeDatabaseError, noteDatabaseError } from './database-errors.js';
import { kindOf } from './expect-function.js';
import { fitToShow } from './fit-to-show.js';
import { stackOfError } from './stack-of-error.js';
import { withoutUrlSecrets } from './url-secrets.js';

/** An error as a span may say it: its type, low in cardinality, and a message that quotes no row, and no key of a URL or a header. */
export interface ErrorDescription {
  /** SQLSTATE of a database error, else the error's `code`, else its `name`, or that of its class where it is given none. */
  readonly type: string;
  /** What it says, and what its root causes say beyond that. At most 4096 characters. */
  readonly message: string;
  /** Its stack, if there is one, and those of its causes below it, each with its message as above. */
  readonly stack?: string;
}

const LONGEST_MESSAGE = 4096;
const LONGEST_CAUSE = 1024;
const LONGEST_TYPE = 128;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
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

function cut(message: string, length: number): string {
  return message.length > length ? `${message.slice(0, length - 1)}…` : message;
}

/** What an error says of itself. */
function ownMessageOf(error: unknown): string {
  const database = describeDatabaseError(error);
  if (database) {
    noteDatabaseError(error);
    return database.message;
  }
  const { message: told } = (error ?? {}) as { message?: unknown };
  const own = isError(error) || typeof told === 'string' ? told : error;
  return fitToShow(String(own), error);
}

/** An object says nothing but by its message. */
function saysSomething({ cause }: CauseOfError): boolean {
  const isObject = typeof cause === 'object' || typeof cause === 'function';
  return !isObject || typeof (cause as { message?: unknown }).message === 'string';
}

/** An error, or one of its causes, with what it says of itself. */
interface Said extends CauseOfError {
  readonly own: string;
}

/** What `causes` say that `own` does not: it may be all that there is to know, as of a request that says "fetch failed". */
function unsaidIn(own: string, causes: readonly Said[]): string {
  const texts = new Set(causes.filter(({ isRoot }) => isRoot).map((cause) => cause.own));
  const unsaid = [...texts].filter((told) => told !== '' && !own.includes(told));
  return cut(unsaid.join('; '), LONGEST_CAUSE);
}

function messageOf(error: Said, causes: readonly Said[]): string {
  const own = cut(error.own, LONGEST_MESSAGE);
  const unsaid = unsaidIn(own, causes);
  if (own === '' || unsaid === '') return own || unsaid;
  const behind = ` (cause: ${unsaid})`;
  return `${cut(own, LONGEST_MESSAGE - behind.length)}${behind}`;
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

function typeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  const name = text(code) ?? (isError(error) ? nameOf(error) : kindOf(error));
  return describeDatabaseError(error)?.sqlState ?? cut(withoutUrlSecrets(name), LONGEST_TYPE);
}

/** How a stack begins. */
function headOf({ cause: error, own }: Said): string {
  return `${typeOf(error)}: ${cut(own, LONGEST_MESSAGE)}`;
}

/** The stack of an error, and those of its causes; undefined where it has no frames itself. */
function stackOf(error: Said, causes: readonly Said[]): string | undefined {
  const stacks = [error, ...causes].map((said) => {
    const frames = isError(said.cause) ? stackFrames(said.cause) : undefined;
    return { head: headOf(said), frames };
  });
  if (!stacks[0]?.frames) return undefined;
  return stacks.map(({ head, frames }) => (frames ? `${head}\n${frames}` : head)).join('\nCaused by: ');
}

function describe(thrown: unknown, causes: readonly CauseOfError[]): ErrorDescription {
  const error: Said = { cause: thrown, isRoot: causes.length === 0, own: ownMessageOf(thrown) };
  const said = causes.map((one): Said => ({ ...one, own: ownMessageOf(one.cause) }));
  const message = messageOf(error, said);
  const stack = stackOf(error, said);
  return { type: typeOf(thrown), message, ...(stack ? { stack } : {}) };
}

/** Describes anything that can be thrown; never throws itself. PostgreSQL's own text is left out, because it quotes rows. */
export function describeError(error: unknown): ErrorDescription {
  try {
    return describe(error, causesOf(error).filter(saysSomething));
  } catch {
    // One of its causes cannot be read, or it cannot itself.
  }
  try {
    return describe(error, []);
  } catch {
    return { type: 'unknown', message: 'an error that cannot be described' };
  }
}
