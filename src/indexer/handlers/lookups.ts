import { setEventAttributes, traceStep } from '../../index.js';
import type { Address } from '../address.js';
import { BadEventError } from '../bad-event-error.js';
import type { Queries, Statement } from '../database/database.js';
import type { IndexerEvent } from '../event.js';
import type { Token, Tokens } from '../tokens.js';

const FIND_ROUND: Statement = {
  name: 'find_round',
  text: 'SELECT id, match_token_address FROM rounds WHERE chain_id = $1 AND strategy_address = $2',
};

const FIND_APPLICATION: Statement = {
  name: 'find_application',
  text: `SELECT id, metadata_cid, metadata #> '{application,recipient}' AS recipient
FROM applications WHERE chain_id = $1 AND round_id = $2 AND anchor_address = $3`,
};

const ZERO_ADDRESS: Address = '0x0000000000000000000000000000000000000000';
/** Allo's name for a chain's own coin. */
const NATIVE_ADDRESS: Address = '0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE';

export interface FoundRound {
  readonly roundId: string;
  readonly matchTokenAddress: Address;
}

export interface FoundApplication {
  readonly applicationId: string;
  readonly metadataCid: string;
  /** What the application's document has as the recipient of payouts, unchecked. */
  readonly recipient: unknown;
}

/**
 * The round whose strategy emitted the event; its id is on the event's trace from here on.
 * @throws BadEventError UNKNOWN_ROUND
 */
export function roundLookup(queries: Queries, event: IndexerEvent): Promise<FoundRound> {
  return traceStep('roundLookup', async () => {
    const { chainId, srcAddress } = event;
    const { rows } = await queries.query<{ id: string; match_token_address: Address }>(FIND_ROUND, [
      chainId,
      srcAddress,
    ]);
    const row = rows[0];
    if (!row)
      throw new BadEventError(
        'UNKNOWN_ROUND',
        `srcAddress: expected the strategy of a round on chain ${chainId}, found ${srcAddress}`,
      );
    setEventAttributes({ roundId: row.id });
    return { roundId: row.id, matchTokenAddress: row.match_token_address };
  });
}

/**
 * The application of a recipient in a round; its id is on the event's trace from here on.
 * @throws BadEventError UNKNOWN_APPLICATION
 */
export function applicationLookup(
  queries: Queries,
  asked: { chainId: number; roundId: string; recipientId: Address },
): Promise<FoundApplication> {
  return traceStep('applicationLookup', async () => {
    const { chainId, roundId, recipientId } = asked;
    const { rows } = await queries.query<{ id: string; metadata_cid: string; recipient: unknown }>(
      FIND_APPLICATION,
      [chainId, roundId, recipientId],
    );
    const row = rows[0];
    if (!row)
      throw new BadEventError(
        'UNKNOWN_APPLICATION',
        `params.recipientId: expected the anchor of an application to round ${roundId} on chain ${chainId}, found ${recipientId}`,
      );
    setEventAttributes({ applicationId: row.id });
    return { applicationId: row.id, metadataCid: row.metadata_cid, recipient: row.recipient };
  });
}

/** A token's address, with Allo's name for the chain's own coin as the zero address. */
export function tokenAddressOf(address: Address): Address {
  return address === NATIVE_ADDRESS ? ZERO_ADDRESS : address;
}

/** @throws BadEventError UNKNOWN_TOKEN */
export function findToken(tokens: Tokens, asked: { chainId: number; address: Address; of: string }): Token {
  const { chainId, address, of } = asked;
  const token = tokens.find(chainId, address) ?? tokens.find(chainId, tokenAddressOf(address));
  if (!token)
    throw new BadEventError(
      'UNKNOWN_TOKEN',
      `${of}: expected a known token of chain ${chainId}, found ${address}; add it with --tokens and retry`,
    );
  return token;
}
