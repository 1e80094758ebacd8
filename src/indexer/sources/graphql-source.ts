import { setTimeout as pause } from 'node:timers/promises';
import { type ChainChoice, ChainPager } from './chain-pager.js';
import { createGraphqlClient, type GraphqlClientOptions } from './graphql-client.js';
import { type BatchOptions, type Source, type SourceItem, SourceUnavailableError } from './source.js';

const POLL_INTERVAL_MS = 1000;

export interface GraphqlSourceOptions extends GraphqlClientOptions, ChainChoice {
  /** Go on after the last event, asking for new ones; also after a failure, once the server has answered. */
  readonly follow: boolean;
  /** Pause before each question whether there is more, in ms; 1000 where left out. */
  readonly pollIntervalMs?: number;
  /** Told, in one line, of a failure that `follow` goes on after. */
  readonly onProblem: (line: string) => void;
}

/**
 * Events from an Envio indexer's GraphQL endpoint, page by page from each chain's cursor until a page is empty; the chains take turns.
 * With `follow` it never ends by itself: where the others end it gives an empty batch.
 */
export function createGraphqlSource(options: GraphqlSourceOptions): Source {
  const client = createGraphqlClient(options);
  const pollIntervalMs = options.pollIntervalMs ?? POLL_INTERVAL_MS;
  let paging: { pager: ChainPager; signal: AbortSignal } | undefined;
  let hasAnswered = false;

  /** Throws a failure that is not to be gone on after. */
  function goOnAfter(error: unknown): void {
    if (paging?.signal.aborted) return;
    if (!options.follow || !hasAnswered || !(error instanceof SourceUnavailableError)) throw error;
    options.onProblem(`${error.message}; asking again`);
  }

  async function* batches(batch: BatchOptions): AsyncGenerator<SourceItem[]> {
    const { signal } = batch;
    const pager = new ChainPager(client, options, batch);
    paging = { pager, signal };
    while (!signal.aborted) {
      let hasPages = false;
      try {
        for await (const items of pager.nextPages()) {
          hasPages = true;
          hasAnswered = true;
          if (items.length > 0) yield items;
        }
        hasAnswered = true;
      } catch (error) {
        goOnAfter(error);
        hasPages = false;
      }
      if (hasPages) continue;
      if (!options.follow || signal.aborted) return;
      yield [];
    }
  }

  async function untilMore(): Promise<void> {
    while (paging && !paging.signal.aborted) {
      await pause(pollIntervalMs, undefined, { signal: paging.signal }).catch(() => undefined);
      try {
        if (paging.signal.aborted || (await paging.pager.hasMore())) return;
      } catch (error) {
        goOnAfter(error);
      }
    }
  }

  return { name: client.url, batches, ...(options.follow ? { untilMore } : {}) };
}
