import type { Address } from '../address.js';
import type { Statement } from '../database/database.js';
import type { Change } from './change.js';
import { toJsonb } from './to-jsonb.js';

/** A round as it is when its pool is created. Amounts are in the matching token's smallest unit. */
export interface NewRound {
  readonly chainId: number;
  readonly roundId: string;
  readonly tags: readonly string[];
  readonly matchAmount: bigint;
  readonly matchTokenAddress: Address;
  readonly fundedAmount: bigint;
  readonly metadataCid: string;
  readonly applicationMetadata: unknown;
  readonly roundMetadata: unknown;
  readonly createdByAddress: Address | undefined;
  readonly createdAtBlock: number;
  readonly strategyAddress: Address;
  readonly projectId: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

const INSERT: Statement = {
  name: 'insert_round',
  text: `INSERT INTO rounds (chain_id, id, tags, match_amount, match_token_address, funded_amount, application_metadata_cid,
  application_metadata, round_metadata_cid, round_metadata, created_by_address, created_at_block, updated_at_block,
  strategy_address, project_id, "timestamp")
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $9, $10, $11, $11, $12, $13, $14)`,
};

/** Stores a round. */
export function insertRound(round: NewRound): Change {
  return {
    step: { name: 'InsertRound' },
    async apply(transaction) {
      await transaction.query(INSERT, [
        round.chainId,
        round.roundId,
        JSON.stringify(round.tags),
        round.matchAmount.toString(),
        round.matchTokenAddress,
        round.fundedAmount.toString(),
        round.metadataCid,
        JSON.stringify(round.applicationMetadata ?? {}),
        toJsonb(round.roundMetadata),
        round.createdByAddress ?? null,
        round.createdAtBlock,
        round.strategyAddress,
        round.projectId,
        round.timestamp,
      ]);
      return true;
    },
  };
}
