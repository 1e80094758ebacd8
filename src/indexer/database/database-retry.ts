import pRetry from 'p-retry';
import { DatabaseUnavailableError, describeFault, isDatabaseFault, isTransient } from './database-error.js';

/** How long a database that is away is waited for. */
export interface Backoff {
  /** Pause after the first failure; each further one doubles, with up to as much again at random. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** From the first failure to giving up. */
  readonly totalMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstDelayMs: 100, longestDelayMs: 3000, totalMs: 30_000 };

/** Runs work on the database, again where it failed for a reason that passes. */
export type DatabaseRetry = <T>(work: (attempt: number) => Promise<T>) => Promise<T>;

function giveUp(options: { error: unknown; address: string; waitedMs: number }): DatabaseUnavailableError {
  const { error, address, waitedMs } = options;
  const waited = waitedMs < 1000 ? '' : ` for ${Math.round(waitedMs / 1000)} s`;
  return new DatabaseUnavailableError(
    `expected a working database at ${address}, found${waited}: ${describeFault(error)}; ` +
      'check that it runs and the database URL, then start again: nothing is half written',
    { cause: error },
  );
}

/**
 * Makes the retry of one run. A transient failure is tried again with exponential backoff and jitter until `backoff.totalMs` are over or
 * `signal` aborts; then, and at once for a fault that does not pass, it throws DatabaseUnavailableError. Any other error goes through.
 */
export function createDatabaseRetry(options: {
  /** The database's URL without its password, for the error. */
  address: string;
  backoff: Backoff;
  signal: AbortSignal;
}): DatabaseRetry {
  const { address, backoff, signal } = options;

  async function again<T>(work: (attempt: number) => Promise<T>, firstError: unknown): Promise<T> {
    const startedAtMs = performance.now();
    let attempt = 1;
    const first = Promise.reject(firstError);
    first.catch(() => {});
    try {
      return await pRetry(() => (attempt++ === 1 ? first : work(attempt - 1)), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: backoff.firstDelayMs,
        maxTimeout: backoff.longestDelayMs,
        maxRetryTime: backoff.totalMs,
        randomize: true,
        shouldRetry: ({ error }) => isTransient(error) && !signal.aborted,
      });
    } catch (error) {
      if (!isDatabaseFault(error)) throw error;
      throw giveUp({ error, address, waitedMs: performance.now() - startedAtMs });
    }
  }

  return async (work) => {
    try {
      return await work(1);
    } catch (error) {
      if (!isDatabaseFault(error)) throw error;
      return again(work, error);
    }
  };
}
