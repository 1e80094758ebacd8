import { diag } from '@opentelemetry/api';
import { describeError } from '../../src/tracing/describe-error.js';
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

/**
 * Calls a function of a table, which its row calls `part`; undefined where it throws, because a row that reads its call wrong must not be the
 * application's problem. That is a debug line.
 */
export function ask<A extends unknown[], T>(
  of: string,
  part: string,
  read: (...args: A) => T,
  ...args: A
): T | undefined {
  try {
    return read(...args);
  } catch (error) {
    sayFailed(of, `${part} failed: ${describeError(error).message}`);
    return undefined;
  }
}

/** The same of a function that tells of a step and of its event; a debug line where it tells of neither, but of something. */
export function askTold<A extends unknown[]>(
  of: string,
  part: string,
  read: (...args: A) => Told | undefined,
  ...args: A
): Told | undefined {
  const told = ask(of, part, read, ...args);
  if (told && told.event === undefined && told.step === undefined) sayNotHeeded(of, part, told);
  return told;
}

function sayNotHeeded(of: string, part: string, told: unknown): void {
  const found = typeof told === 'object' ? Object.keys(told as object).join(', ') : typeof told;
  if (found !== '' && found !== 'event' && found !== 'step')
    sayFailed(of, `${part} told ${found}, which is not heeded: expected { step: { … }, event: { … } }`);
}

/** The same of a function that tells of an event, which nobody waits for. */
export function askEvent(of: string, read: () => TracedEvent | undefined): TracedEvent | undefined {
  const told = ask(of, 'event', read);
  const isPromise = isPromiseLike(told);
  if (isPromise) sayFailed(of, 'event told a promise, which is not waited for: expected the event itself');
  const event = isPromise ? undefined : told;
  noteEvent(of, event !== undefined);
  return event;
}

/** Notes whether a row that was called knew an event. Never throws. */
export function noteEvent(of: string, isTold: boolean): void {
  try {
    listener.onEvent(of, isTold);
  } catch {
    // Whoever listens is no matter of the host's.
  }
}
