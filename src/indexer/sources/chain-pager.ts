import { type GraphqlClient, GraphqlError } from './graphql-client.js';
import { fetchChains, fetchEventsAfter } from './queries.js';
import { readEvent, readIds } from './read-event.js';
import { type BatchOptions, type Cursor, type SourceItem, SourceUnavailableError } from './source.js';

const BEFORE_THE_FIRST: Cursor = { blockNumber: 0, logIndex: -1 };

/** Which chains a server is asked for. */
export interface ChainChoice {
  /** The chains to ask for, and no others; left out: those that the server has. */
  readonly chains?: readonly number[];
  /** Asked for where the server cannot say which chains it has. */
  readonly fallbackChains: readonly number[];
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
export class ChainPager {
  private readonly cursors = new Map<number, Cursor>();
  private chains: number[] = [];

  constructor(
    private readonly client: GraphqlClient,
    private readonly choice: ChainChoice,
    private readonly batch: BatchOptions,
  ) {}

  /** Asks every chain for its next page; the pages that have rows come out, one a chain. */
  async *nextPages(): AsyncGenerator<SourceItem[]> {
    await this.findChains();
    for (let index = 0; index < this.chains.length; index++) {
      const chainId = this.chains[index];
      if (chainId === undefined || this.batch.signal.aborted) return;
      const start = await this.cursorOf(chainId);
      const rows = await this.fetchAfter(chainId, { cursor: start, limit: this.batch.batchSize });
      if (rows.length > 0) yield this.take(chainId, rows);
      this.advance(chainId, rows, start);
    }
  }

  /** Whether any chain has a next page: each is asked for one row, and gives it again with its page. */
  async hasMore(): Promise<boolean> {
    await this.findChains();
    for (const chainId of this.chains) {
      const rows = await this.fetchAfter(chainId, { cursor: await this.cursorOf(chainId), limit: 1 });
      if (rows.length > 0) return true;
    }
    return false;
  }

  private async findChains(): Promise<void> {
    if (this.chains.length > 0) return;
    const { chains, fallbackChains } = this.choice;
    try {
      this.chains = [...(chains ?? (await fetchChains(this.client, this.batch.signal)) ?? fallbackChains)];
    } catch (error) {
      if (!(error instanceof GraphqlError)) throw error;
      this.chains = [...fallbackChains];
    }
  }

  private async cursorOf(chainId: number): Promise<Cursor> {
    return this.cursors.get(chainId) ?? (await this.batch.cursorOf(chainId)) ?? BEFORE_THE_FIRST;
  }

  private fetchAfter(chainId: number, page: { cursor: Cursor; limit: number }): Promise<unknown[]> {
    return fetchEventsAfter(this.client, { chainId, ...page, signal: this.batch.signal });
  }

  /** A server may ignore the chain it is asked for: what belongs to another chain is left to that chain's own pages. */
  private take(chainId: number, rows: readonly unknown[]): SourceItem[] {
    const items: SourceItem[] = [];
    for (const row of rows) {
      const ids = readIds(row);
      if (ids.chainId !== undefined && ids.chainId !== chainId) {
        if (!this.choice.chains && !this.chains.includes(ids.chainId)) this.chains.push(ids.chainId);
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
