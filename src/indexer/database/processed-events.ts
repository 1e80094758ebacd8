import type { Queries, Statement } from './database.js';

/** What an event is known by on its chain and everywhere. */
export interface EventKey {
  readonly chainId: number;
  readonly blockNumber: number;
  readonly logIndex: number;
}

const INSERT: Statement = {
  name: 'insert_processed_event',
  text: 'INSERT INTO processed_events (chain_id, block_number, log_index) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
};

const FIND: Statement = {
  name: 'find_processed_events',
  text: `SELECT chain_id, block_number, log_index
FROM processed_events
JOIN unnest($1::integer[], $2::bigint[], $3::integer[]) AS asked (chain_id, block_number, log_index)
USING (chain_id, block_number, log_index)`,
};

/** A key as text, for sets and maps. */
export function keyText({ chainId, blockNumber, logIndex }: EventKey): string {
  return `${chainId}/${blockNumber}/${logIndex}`;
}

/** False where the event was processed already. */
export async function insertProcessedEvent(queries: Queries, key: EventKey): Promise<boolean> {
  const { rowCount } = await queries.query(INSERT, [key.chainId, key.blockNumber, key.logIndex]);
  return rowCount === 1;
}

/** Those of the keys whose events were processed, as `keyText` writes them. */
export async function findProcessed(queries: Queries, keys: readonly EventKey[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await queries.query<{ chain_id: number; block_number: string; log_index: number }>(FIND, [
    keys.map((key) => key.chainId),
    keys.map((key) => key.blockNumber),
    keys.map((key) => key.logIndex),
  ]);
  return new Set(
    rows.map((row) =>
      keyText({ chainId: row.chain_id, blockNumber: Number(row.block_number), logIndex: row.log_index }),
    ),
  );
}
