import type { Queries, Statement } from './database.js';
import type { EventKey } from './processed-events.js';

/** The last event of a chain that was taken in hand. */
export interface ChainCursor extends EventKey {
  /** Seconds since 1970. */
  readonly blockTimestamp: number;
}

/**
 * The registry is written now and then, processed events in their own transactions: the further of the two is the cursor, so that a crash
 * leaves no gap between them. The recursion hops from chain to chain along the primary key.
 */
const LOAD: Statement = {
  name: 'load_cursors',
  text: `WITH RECURSIVE chains AS (
  SELECT min(chain_id) AS chain_id FROM processed_events
  UNION ALL
  SELECT (SELECT min(chain_id) FROM processed_events WHERE chain_id > chains.chain_id) FROM chains WHERE chain_id IS NOT NULL
)
SELECT chains.chain_id, last.block_number, last.log_index, 0 AS block_timestamp
FROM chains CROSS JOIN LATERAL (
  SELECT block_number, log_index FROM processed_events WHERE chain_id = chains.chain_id
  ORDER BY block_number DESC, log_index DESC LIMIT 1
) AS last
UNION ALL
SELECT chain_id, block_number, log_index, block_timestamp FROM events_registry`,
};

const SAVE: Statement = {
  name: 'save_cursors',
  text: `INSERT INTO events_registry AS kept (chain_id, block_number, log_index, block_timestamp)
SELECT * FROM unnest($1::integer[], $2::bigint[], $3::integer[], $4::bigint[])
ON CONFLICT (chain_id) DO UPDATE
SET block_number = EXCLUDED.block_number, log_index = EXCLUDED.log_index, block_timestamp = EXCLUDED.block_timestamp
WHERE (kept.block_number, kept.log_index) < (EXCLUDED.block_number, EXCLUDED.log_index)`,
};

/** Below 0 where `one` comes before `other` on their chain, 0 for the same place, above 0 after it. */
export function compareKeys(
  one: Pick<EventKey, 'blockNumber' | 'logIndex'>,
  other: Pick<EventKey, 'blockNumber' | 'logIndex'>,
): number {
  return one.blockNumber - other.blockNumber || one.logIndex - other.logIndex;
}

/** How far each chain has come: read once, moved in memory, written now and then. */
export class Cursors {
  private readonly last = new Map<number, ChainCursor>();
  private readonly moved = new Set<number>();

  /** Reads the cursors as they stand in the database. */
  static async load(queries: Queries): Promise<Cursors> {
    const cursors = new Cursors();
    const { rows } = await queries.query<{
      chain_id: number;
      block_number: string;
      log_index: number;
      block_timestamp: string | number;
    }>(LOAD, []);
    for (const row of rows)
      cursors.advance({
        chainId: row.chain_id,
        blockNumber: Number(row.block_number),
        logIndex: row.log_index,
        blockTimestamp: Number(row.block_timestamp),
      });
    cursors.moved.clear();
    return cursors;
  }

  of(chainId: number): ChainCursor | undefined {
    return this.last.get(chainId);
  }

  /** Moves a chain's cursor to an event, never back. */
  advance(to: ChainCursor): void {
    const { chainId } = to;
    const last = this.last.get(chainId);
    if (last && compareKeys(last, to) >= 0) return;
    this.last.set(chainId, to);
    this.moved.add(chainId);
  }

  /** Writes the cursors that have moved since the last time. What they have passed is safe already: processed, or kept as failed. */
  async save(queries: Queries): Promise<void> {
    const moved = [...this.moved].sort((one, other) => one - other).flatMap((id) => this.last.get(id) ?? []);
    if (moved.length === 0) return;
    await queries.query(SAVE, [
      moved.map((cursor) => cursor.chainId),
      moved.map((cursor) => cursor.blockNumber),
      moved.map((cursor) => cursor.logIndex),
      moved.map((cursor) => cursor.blockTimestamp),
    ]);
    for (const cursor of moved)
      if (this.last.get(cursor.chainId) === cursor) this.moved.delete(cursor.chainId);
  }
}
