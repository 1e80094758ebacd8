import { diag } from '@opentelemetry/api';
import { describeError } from '../../src/tracing/describe-error.js';

let onFailure: (row: string, message: string) => void = () => {};

/** Has `listener` told of the functions that fail, with the row; it must not throw. */
export function onRowFailure(listener: typeof onFailure): void {
  onFailure = listener;
}

function sayFailed(of: string, error: unknown): void {
  try {
    const { message } = describeError(error);
    onFailure(of, message);
    diag.debug(`methods: a function of the row ${of} failed: ${message}`);
  } catch {
    // A logger of the host's.
  }
}

/**
 * Calls a function of a table; undefined where it throws, because a row that reads its call wrong must not be the application's problem.
 * That is a debug line.
 */
export function ask<A extends unknown[], T>(of: string, read: (...args: A) => T, ...args: A): T | undefined {
  try {
    return read(...args);
  } catch (error) {
    sayFailed(of, error);
    return undefined;
  }
}
