import { createHash } from 'node:crypto';
import type { SourceItem } from '../sources/source.js';
import type { Queries, Statement } from './database.js';

/** An event, or something that never became one, and why it could not be taken. */
export interface FailedEvent {
  /** What it is known by when it is met again: see `identityOf`. */
  readonly identity: string;
  readonly chainId?: number | undefined;
  readonly blockNumber?: number | undefined;
  readonly logIndex?: number | undefined;
  readonly position: string;
  readonly code: string;
  readonly reason: string;
  readonly payload: string;
}

/** A failed event as it is kept. */
export interface KeptFailedEvent {
  readonly identity: string;
  readonly position: string;
  readonly payload: string;
  /** Its place among the failed events, to go on after: chain, block, log index and the row's id. */
  readonly place: readonly [chainId: string, blockNumber: string, logIndex: string, id: string];
}

const RECORD: Statement = {
  name: 'insert_failed_events',
  text: `INSERT INTO failed_events (identity, chain_id, block_number, log_index, position, code, reason, payload)
SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[])
ON CONFLICT (identity) DO UPDATE SET
  position = EXCLUDED.position, code = EXCLUDED.code, reason = EXCLUDED.reason,
  attempts = failed_events.attempts + 1, last_failed_at = now()`,
};

const FIND: Statement = {
  name: 'find_failed_events',
  text: 'SELECT identity, code, reason FROM failed_events WHERE identity = ANY ($1::text[])',
};

const DELETE: Statement = {
  name: 'delete_failed_event',
  text: 'DELETE FROM failed_events WHERE identity = $1',
};

const PLACE =
  'coalesce(chain_id, 2147483648::bigint), coalesce(block_number, 0), coalesce(log_index, 0)::bigint, id';

/** A page in chain order, after a place; what has none on a chain comes last. */
const NEXT: Statement = {
  name: 'next_failed_events',
  text: `SELECT identity, position, payload, ARRAY[${PLACE}]::text[] AS place FROM failed_events
WHERE (${PLACE}) > ($1::bigint, $2::bigint, $3::bigint, $4::bigint)
ORDER BY ${PLACE}
LIMIT $5`,
};

const BEFORE_THE_FIRST = ['-1', '0', '0', '0'] as const;

/**
 * What a failed event is known by: its place on its chain and its text, so that the same event is known from wherever it comes, and another
 * one that claims the same place is not taken for it; where the place is not known, its position in the source and its text.
 */
export function identityOf(item: SourceItem): string {
  const { chainId, blockNumber, logIndex } = item.kind === 'event' ? item.event : item;
  const hasPlace = chainId !== undefined && blockNumber !== undefined && logIndex !== undefined;
  const place = hasPlace ? `${chainId}/${blockNumber}/${logIndex}` : item.position;
  return `${place}#${createHash('md5').update(item.payload).digest('hex')}`;
}

/** PostgreSQL's text cannot hold the character 0. */
function storable(text: string): string {
  return text.replaceAll('\0', '\\u0000');
}

/** Keeps failed events; one that is there already counts an attempt more. */
export async function recordFailedEvents(queries: Queries, failed: readonly FailedEvent[]): Promise<void> {
  const unique = [...new Map(failed.map((event) => [event.identity, event])).values()];
  if (unique.length === 0) return;
  await queries.query(RECORD, [
    unique.map((event) => storable(event.identity)),
    unique.map((event) => event.chainId ?? null),
    unique.map((event) => event.blockNumber ?? null),
    unique.map((event) => event.logIndex ?? null),
    unique.map((event) => storable(event.position)),
    unique.map((event) => event.code),
    unique.map((event) => storable(event.reason)),
    unique.map((event) => storable(event.payload)),
  ]);
}

/** Why those of the identities failed that are kept. */
export async function findFailedEvents(
  queries: Queries,
  identities: readonly string[],
): Promise<Map<string, { code: string; reason: string }>> {
  if (identities.length === 0) return new Map();
  const { rows } = await queries.query<{ identity: string; code: string; reason: string }>(FIND, [
    identities,
  ]);
  return new Map(rows.map(({ identity, code, reason }) => [identity, { code, reason }]));
}

/** Forgets a failed event that succeeded. */
export async function deleteFailedEvent(queries: Queries, identity: string): Promise<void> {
  await queries.query(DELETE, [identity]);
}

/** The next failed events in chain order, after the place of the last one, or from the first. */
export async function nextFailedEvents(
  queries: Queries,
  page: { after: KeptFailedEvent['place'] | undefined; limit: number },
): Promise<KeptFailedEvent[]> {
  const values = [...(page.after ?? BEFORE_THE_FIRST), page.limit];
  const { rows } = await queries.query<KeptFailedEvent>(NEXT, values);
  return rows;
}
