import { diag } from '@opentelemetry/api';
import { describeError } from '../../src/tracing/describe-error.js';
import { kindOf } from '../../src/tracing/expect-function.js';
import type { Told } from '../../src/tracing/method-table.js';
import { isPromiseLike } from '../../src/tracing/run-in-span.js';
import type { TracedEvent } from '../../src/tracing/trace-event.js';

/** What is told of the rows of the tables as they are used; it must not throw. */
export interface RowListener {
  /** A function of the row failed, or told what is not heeded. */
  onFailure(row: string, failure: string): void;
  /** `event` of the row was called, and told of an event or of none. */
  onEvent(row: string, isTold: boolean): void;
}

let listener: RowListener = { onFailure: () => {}, onEvent: () => {} };

/** Has somebody told of the rows from now on. */
export function listenToRows(to: RowListener): void {
  listener = to;
}

function sayFailed(of: string, failure: string): void {
  try {
    listener.onFailure(of, failure);
    diag.debug(`methods: the row ${of}: ${failure}`);
  } catch {
    // A logger of the host's.
  }
}

function sayThrown(of: string, part: string, error: unknown): undefined {
  sayFailed(of, `${part} failed: ${describeError(error).message}`);
}

/** Should a promise fail, nobody else hears of it. What else can be awaited, a query builder, begins its work when it is: it is left alone. */
function sayPromise(of: string, part: string, told: PromiseLike<unknown>): undefined {
  if (told instanceof Promise) told.then(undefined, () => {});
  sayFailed(of, `${part} told a promise, which is not waited for`);
}

/**
 * Calls a function of a table, which its row calls `part`; undefined where it throws, because a row that reads its call wrong must not be the
 * application's problem. That is a debug line, as is a promise, which is not waited for.
 */
function ask<A extends unknown[], T>(
  of: string,
  part: string,
  read: (...args: A) => T,
  ...args: A
): T | undefined {
  try {
    const told = read(...args);
    return isPromiseLike(told) ? sayPromise(of, part, told) : told;
  } catch (error) {
    return sayThrown(of, part, error);
  }
}

const NOT_HEEDED = 'which is not heeded: expected { step: { … }, event: { … } }';

/** The same of a function that tells of a step and of its event; a debug line where it tells of something else. */
export function askTold<A extends unknown[]>(
  of: string,
  part: string,
  read: (...args: A) => Told | undefined,
  ...args: A
): Told | undefined {
  try {
    const told = read(...args);
    if (!told) return undefined;
    if (isPromiseLike(told)) return sayPromise(of, part, told);
    const more = notHeededOf(told);
    if (more !== undefined) sayFailed(of, `${part} told ${more}, ${NOT_HEEDED}`);
    // Read here, and once: it may be by a getter, which throws.
    const { step, event } = told;
    const known: { -readonly [K in keyof Told]: Told[K] } = {};
    if (isAttributes(step, { of, part, key: 'step' })) known.step = step;
    if (isAttributes(event, { of, part, key: 'event' })) known.event = event;
    return known;
  } catch (error) {
    return sayThrown(of, part, error);
  }
}

/** Whether it is what has attributes; a debug line of what is something else. */
function isAttributes<T>(
  told: T | undefined,
  { of, part, key }: { readonly of: string; readonly part: string; readonly key: keyof Told },
): told is T {
  if (told === undefined || told === null) return false;
  if (told instanceof Promise) sayPromise(of, `${key} of ${part}`, told);
  else if (typeof told === 'object') return true;
  else sayFailed(of, `${part} told a ${typeof told} as ${key}, ${NOT_HEEDED}`);
  return false;
}

/** What is told besides of a step and of an event; undefined for nothing. */
function notHeededOf(told: object): string | undefined {
  if (typeof told !== 'object') return typeof told;
  let found: string | undefined;
  for (const key in told)
    if (key !== 'step' && key !== 'event') found = found === undefined ? key : `${found}, ${key}`;
  return found;
}

/** The same of a function that tells the name of a step; undefined, with a debug line, where that is no text. */
export function askName<A extends unknown[]>(
  of: string,
  read: (...args: A) => string | undefined,
  ...args: A
): string | undefined {
  const name: unknown = ask(of, 'name', read, ...args) ?? undefined;
  if (name === undefined || (typeof name === 'string' && name !== '')) return name;
  sayNotHeeded(of, { part: 'name', told: name, expected: 'a text, or undefined' });
  return undefined;
}

/** The same of a function that tells of an event. */
export function askEvent(of: string, read: () => TracedEvent | undefined): TracedEvent | undefined {
  const told = ask(of, 'event', read) ?? undefined;
  const event = typeof told === 'object' ? told : undefined;
  if (told !== event) sayNotHeeded(of, { part: 'event', told, expected: 'an event, or undefined' });
  noteEvent(of, event !== undefined);
  return event;
}

/** The events that a batch came to, by what its row reads from it if it does; none, with a debug line, where that is no list. */
export function askEvents(
  of: string,
  value: unknown,
  read: ((value: never) => unknown) | undefined,
): readonly unknown[] | undefined {
  if (!read) return listOr(of, { part: 'the method', told: value, isMissing: isNone(value) });
  return ask(of, 'events', () => {
    const told = read(value as never);
    // Of what it did come to, its row is to know the events.
    return isPromiseLike(told)
      ? (told as never)
      : listOr(of, { part: 'events', told, isMissing: isNone(value) });
  });
}

/** A list; undefined, with a debug line, for what is none, unless there is nothing to make one of. */
function listOr(
  of: string,
  { part, told, isMissing }: { readonly part: string; readonly told: unknown; readonly isMissing: boolean },
): readonly unknown[] | undefined {
  if (isList(told)) return told;
  if (!isNone(told) || !isMissing) sayNotHeeded(of, { part, told, expected: 'a list of events' });
  return undefined;
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Never throws: of a proxy that was revoked it cannot be told. */
function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Tells that an argument that is to be an attempt is none. */
export function sayNoAttempt(of: string, index: number): void {
  sayFailed(of, `attempt ${index} is no function among the arguments: no retries are told`);
}

/** Says, for who debugs the tracing, that what a call handles may be any of those that were handed out. The call may be another one, and handle none. */
export function saySeveral(of: string): void {
  try {
    diag.debug(
      `methods: the row ${of}: several were handed out in one turn, and none of them is an argument of the call, which is left alone`,
    );
  } catch {
    // A logger of the host's.
  }
}

function sayNotHeeded(
  of: string,
  { part, told, expected }: { readonly part: string; readonly told: unknown; readonly expected: string },
): void {
  sayFailed(of, `${part} told ${kindOf(told)}, which is not heeded: expected ${expected}`);
}

/** Notes whether a row that was called knew an event. Never throws. */
export function noteEvent(of: string, isTold: boolean): void {
  try {
    listener.onEvent(of, isTold);
  } catch {
    // Whoever listens is no matter of the host's.
  }
}
