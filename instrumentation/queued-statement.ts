import type { Running } from './recorder/late-span.js';
import type { Method } from './wrap-method.js';

interface Query {
  submit: Method;
}

/** A client of `pg`, as far as it tells what waits in it. */
export interface ClientWithQueue {
  /** False while a statement is under way. */
  readonly readyForQuery?: boolean;
  /** Statements are not held back. */
  readonly pipeline?: boolean;
  /** What is under way; null once it has failed, until the next one may be sent. */
  readonly _activeQuery?: unknown;
  readonly _queryQueue?: Query[];
  /** Both as older versions have them. */
  readonly activeQuery?: unknown;
  readonly queryQueue?: Query[];
}

/** Whether a statement that a client is given now has to wait for others: it sends one at a time. */
export function isBusy(client: ClientWithQueue): boolean {
  if (client.readyForQuery !== false || client.pipeline === true) return false;
  // One that has just failed is no wait, unless others wait already.
  if ((queueOf(client)?.length ?? 0) > 0) return true;
  // To ask newer versions by the older name costs a warning.
  return ('_activeQuery' in client ? client._activeQuery : client.activeQuery) != null;
}

function queueOf(client: ClientWithQueue): Query[] | undefined {
  return client._queryQueue ?? client.queryQueue;
}

interface Waiting {
  /** Gives the client the statement. */
  readonly give: () => unknown;
  /** The wait, which has begun. */
  readonly wait: Running;
  /** Called where the statement is sent, which runs from then on. */
  readonly begin: () => Running;
}

/**
 * Gives a busy client a statement; returns what the client does, and what is under way: the wait, and then the statement. One that the client
 * refuses is never more than a wait.
 */
export function queued(
  client: ClientWithQueue,
  { give, wait, begin }: Waiting,
): { readonly result: unknown; readonly running: Running } {
  const queue = queueOf(client);
  const countBefore = queue?.length ?? 0;
  let result: unknown;
  try {
    result = give();
  } catch (error) {
    wait.fail(error);
    throw error;
  }
  const query = queue !== undefined && queue.length > countBefore ? queue[queue.length - 1] : undefined;
  let current = wait;
  if (query) {
    const { submit } = query;
    query.submit = function (this: unknown, ...args: unknown[]): unknown {
      // In this order: the trace is not over between them.
      current = begin();
      wait.end();
      return submit.apply(this, args);
    };
  }
  return { result, running: { end: () => current.end(), fail: (error) => current.fail(error) } };
}
