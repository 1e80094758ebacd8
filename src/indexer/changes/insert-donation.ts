import type { Address } from '../address.js';
import type { Statement } from '../database/database.js';
import type { Change } from './change.js';

/** A donation. */
export interface Donation {
  /** Unique on its chain. */
  readonly id: string;
  readonly chainId: number;
  readonly roundId: string;
  readonly applicationId: string;
  readonly donorAddress: Address;
  readonly recipientAddress: Address;
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly tokenAddress: Address;
  /** ISO 8601. */
  readonly timestamp: string;
  /** In the token's smallest unit. */
  readonly amount: bigint;
  /** Decimal digits, exact. */
  readonly amountInUsd: string;
  /** In the matching token's smallest unit, rounded down. */
  readonly amountInRoundMatchToken: bigint;
}

const INSERT: Statement = {
  name: 'insert_donation',
  text: `INSERT INTO donations (id, chain_id, round_id, application_id, donor_address, recipient_address, transaction_hash, block_number,
  token_address, "timestamp", amount, amount_in_usd, amount_in_round_match_token)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (chain_id, id) DO NOTHING`,
};

/** Stores a donation. */
export function insertDonation(donation: Donation): Change {
  const { donorAddress, recipientAddress, tokenAddress, amount, amountInUsd, amountInRoundMatchToken } =
    donation;
  return {
    step: {
      name: 'InsertDonation',
      attributes: {
        donorAddress,
        recipientAddress,
        tokenAddress,
        amount,
        amountInUsd,
        amountInRoundMatchToken,
      },
    },
    async apply(transaction) {
      const { rowCount } = await transaction.query(INSERT, [
        donation.id,
        donation.chainId,
        donation.roundId,
        donation.applicationId,
        donorAddress,
        recipientAddress,
        donation.transactionHash,
        donation.blockNumber,
        tokenAddress,
        donation.timestamp,
        amount.toString(),
        amountInUsd,
        amountInRoundMatchToken.toString(),
      ]);
      return rowCount === 1;
    },
  };
}
