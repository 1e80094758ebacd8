import { setTimeout as pause } from 'node:timers/promises';
import {
  createGraphqlClient,
  type GraphqlClient,
  type GraphqlClientOptions,
  GraphqlError,
} from './graphql-client.js';
import { fetchChains, fetchEventsAfter } from './queries.js';
import { readEvent, readIds } from './read-event.js';
import {
  type BatchOptions,
  type Cursor,
  type Source,
  type SourceItem,
  SourceUnavailableError,
} from './source.js';

const BEFORE_THE_FIRST: Cursor = { blockNumber: 0, logIndex: -1 };
const POLL_INTERVAL_MS = 1000;

export interface GraphqlSourceOptions extends GraphqlClientOptions {
  /** The chains to ask for, and no others; left out: those that the server has. */
  readonly chains?: readonly number[];
  /** Asked for where the server cannot say which chains it has. */
  readonly fallbackChains: readonly number[];
  /** Go on after the last event, asking for new ones; also after a failure, once the server has answered. */
  readonly follow: boolean;
  /** Pause between two rounds of questions that found nothing, in ms; 1000 where left out. */
  readonly pollIntervalMs?: number;
  /** Told, in one line, of a failure that `follow` goes on after. */
  readonly onProblem: (line: string) => void;
}

function isAfter(one: Cursor, other: Cursor): boolean {
  return (
    one.blockNumber > other.blockNumber ||
    (one.blockNumber === other.blockNumber && one.logIndex > other.logIndex)
  );
}

/** Where a page ends: the furthest position that can be read in it, also of rows that are otherwise bad. */
function endOf(rows: readonly unknown[], start: Cursor): Cursor {
  return rows.map(readIds).reduce<Cursor>((end, { blockNumber, logIndex }) => {
    if (blockNumber === undefined || logIndex === undefined) return end;
    const position = { blockNumber, logIndex };
    return isAfter(position, end) ? position : end;
  }, start);
}

/** One server's events: the state of paging through its chains. */
class ChainPager {
  private readonly cursors = new Map<number, Cursor>();
  private chains: number[] = [];

  constructor(
    private readonly client: GraphqlClient,
    private readonly options: GraphqlSourceOptions,
    private readonly batch: BatchOptions,
  ) {}

  /** Asks every chain for its next page; the pages that have rows come out, one a chain. */
  async *nextPages(): AsyncGenerator<SourceItem[]> {
    if (this.chains.length === 0) this.chains = await this.findChains();
    for (let index = 0; index < this.chains.length; index++) {
      const chainId = this.chains[index];
      if (chainId === undefined || this.batch.signal.aborted) return;
      const start = this.cursors.get(chainId) ?? (await this.batch.cursorOf(chainId)) ?? BEFORE_THE_FIRST;
      const rows = await fetchEventsAfter(this.client, {
        chainId,
        cursor: start,
        limit: this.batch.batchSize,
        signal: this.batch.signal,
      });
      if (rows.length > 0) yield this.take(chainId, rows);
      this.advance(chainId, rows, start);
    }
  }

  private async findChains(): Promise<number[]> {
    if (this.options.chains) return [...this.options.chains];
    try {
      return (await fetchChains(this.client, this.batch.signal)) ?? [...this.options.fallbackChains];
    } catch (error) {
      if (error instanceof GraphqlError) return [...this.options.fallbackChains];
      throw error;
    }
  }

  /** A server may ignore the chain it is asked for: what belongs to another chain is left to that chain's own pages. */
  private take(chainId: number, rows: readonly unknown[]): SourceItem[] {
    const items: SourceItem[] = [];
    for (const row of rows) {
      const ids = readIds(row);
      if (ids.chainId !== undefined && ids.chainId !== chainId) {
        if (!this.options.chains && !this.chains.includes(ids.chainId)) this.chains.push(ids.chainId);
        continue;
      }
      const at = `${ids.chainId ?? chainId}/${ids.blockNumber ?? '?'}/${ids.logIndex ?? '?'}`;
      items.push(readEvent(row, { position: `${this.client.url} ${at}`, payload: JSON.stringify(row) }));
    }
    return items;
  }

  private advance(chainId: number, rows: readonly unknown[], start: Cursor): void {
    const end = endOf(rows, start);
    if (rows.length > 0 && !isAfter(end, start))
      throw new SourceUnavailableError(
        `${this.client.url}: expected events of chain ${chainId} after block ${start.blockNumber}, log index ${start.logIndex}; ` +
          `found ${rows.length} rows, none of them after it`,
      );
    this.cursors.set(chainId, end);
  }
}

/**
 * Events from an Envio indexer's GraphQL endpoint, page by page from each chain's cursor until a page is empty; the chains take turns.
 * With `follow` it never ends by itself.
 */
export function createGraphqlSource(options: GraphqlSourceOptions): Source {
  const client = createGraphqlClient(options);
  const pollIntervalMs = options.pollIntervalMs ?? POLL_INTERVAL_MS;

  async function* batches(batch: BatchOptions): AsyncGenerator<SourceItem[]> {
    const { signal } = batch;
    const pager = new ChainPager(client, options, batch);
    let hasAnswered = false;
    while (!signal.aborted) {
      let isIdle = true;
      try {
        for await (const items of pager.nextPages()) {
          isIdle = false;
          hasAnswered = true;
          if (items.length > 0) yield items;
        }
        hasAnswered = true;
      } catch (error) {
        if (signal.aborted) return;
        if (!options.follow || !hasAnswered || !(error instanceof SourceUnavailableError)) throw error;
        options.onProblem(`${error.message}; asking again`);
        isIdle = true;
      }
      if (!isIdle) continue;
      if (!options.follow) return;
      await pause(pollIntervalMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return { name: client.url, batches };
}
