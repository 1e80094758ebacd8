import { z } from 'zod';
import type { GraphqlClient } from './graphql-client.js';
import { type Cursor, SourceUnavailableError } from './source.js';

/** A page of a chain's events after a position: the operation, variables and aliases that grants-stack-indexer-v2 sends. */
const EVENTS_AFTER = `query getEventsAfterBlockNumberAndLogIndex($chainId: Int!, $blockNumber: Int!, $logIndex: Int!, $limit: Int!) {
  raw_events(
    order_by: [{ block_number: asc }, { log_index: asc }]
    where: {
      chain_id: { _eq: $chainId }
      _or: [
        { block_number: { _gt: $blockNumber } }
        { _and: [{ block_number: { _eq: $blockNumber } }, { log_index: { _gt: $logIndex } }] }
      ]
    }
    limit: $limit
  ) {
    blockNumber: block_number
    blockTimestamp: block_timestamp
    chainId: chain_id
    contractName: contract_name
    eventName: event_name
    logIndex: log_index
    params
    srcAddress: src_address
    transactionFields: transaction_fields
  }
}`;

const CHAINS = `query getChains {
  raw_events(distinct_on: chain_id, order_by: { chain_id: asc }) {
    chainId: chain_id
  }
}`;

const ROWS = z.object({ raw_events: z.array(z.unknown()) });
const CHAIN_ROWS = z.object({
  raw_events: z.array(z.object({ chainId: z.coerce.number().int().positive() })),
});

/**
 * The rows of a chain after `cursor`, as they came, at most `limit`.
 * @throws SourceUnavailableError
 */
export async function fetchEventsAfter(
  client: GraphqlClient,
  options: { chainId: number; cursor: Cursor; limit: number; signal: AbortSignal },
): Promise<unknown[]> {
  const { chainId, cursor, limit, signal } = options;
  const data = await client.request(EVENTS_AFTER, { chainId, ...cursor, limit }, signal);
  const result = ROWS.safeParse(data);
  if (result.success) return result.data.raw_events;
  throw new SourceUnavailableError(`${client.url}: expected data.raw_events, an array; the answer has none`);
}

/**
 * The chains that the server has events of, ascending; undefined if what it answers is not a list of chains.
 * @throws SourceUnavailableError
 */
export async function fetchChains(client: GraphqlClient, signal: AbortSignal): Promise<number[] | undefined> {
  const result = CHAIN_ROWS.safeParse(await client.request(CHAINS, {}, signal));
  return result.success ? [...new Set(result.data.raw_events.map((row) => row.chainId))] : undefined;
}
