import { diag } from '@opentelemetry/api';
import { describeError } from '../../src/tracing/describe-error.js';

function sayFailed(of: string, error: unknown): void {
  try {
    diag.debug(`methods: a function of the row ${of} failed: ${describeError(error).message}`);
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
