import type { Statement } from '../database/database.js';
import type { Change } from './change.js';
import type { Donation } from './insert-donation.js';

/**
 * A donor is new where the table of donors takes them: one look at an index, however many donations there are. What the statement returns
 * is what the trace shows; nothing is counted again for it.
 */
const INCREMENT_ROUND: Statement = {
  name: 'increment_round_donation_stats',
  text: `WITH new_donor AS (
  INSERT INTO round_donors (chain_id, round_id, donor_address) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1
)
UPDATE rounds SET
  total_donations_count = total_donations_count + 1,
  total_amount_donated_in_usd = trim_scale(total_amount_donated_in_usd + $4),
  unique_donors_count = unique_donors_count + (SELECT count(*) FROM new_donor)
WHERE chain_id = $1 AND id = $2
RETURNING unique_donors_count, total_donations_count, total_amount_donated_in_usd`,
};

const INCREMENT_APPLICATION: Statement = {
  name: 'increment_application_donation_stats',
  text: `WITH new_donor AS (
  INSERT INTO application_donors (chain_id, round_id, application_id, donor_address) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING 1
)
UPDATE applications SET
  total_donations_count = total_donations_count + 1,
  total_amount_donated_in_usd = trim_scale(total_amount_donated_in_usd + $5),
  unique_donors_count = unique_donors_count + (SELECT count(*) FROM new_donor)
WHERE chain_id = $1 AND round_id = $2 AND id = $3
RETURNING unique_donors_count, total_donations_count, total_amount_donated_in_usd`,
};

interface Stats {
  unique_donors_count: number;
  total_donations_count: number;
  total_amount_donated_in_usd: string;
}

function increment(name: string, call: { statement: Statement; values: readonly unknown[] }): Change {
  return {
    step: { name },
    async apply(transaction, step) {
      const { rows } = await transaction.query<Stats>(call.statement, call.values);
      const stats = rows[0];
      if (!stats) throw new Error(`${name}: expected a row to count the donation in, found none`);
      step.setAttributes({
        uniqueDonorsCount: stats.unique_donors_count,
        totalDonationsCount: stats.total_donations_count,
        totalAmountDonatedInUsd: stats.total_amount_donated_in_usd,
      });
      return true;
    },
  };
}

/** Counts a donation in its round. */
export function incrementRoundDonationStats(donation: Donation): Change {
  const { chainId, roundId, donorAddress, amountInUsd } = donation;
  return increment('IncrementRoundDonationStats', {
    statement: INCREMENT_ROUND,
    values: [chainId, roundId, donorAddress, amountInUsd],
  });
}

/** Counts a donation in its application. */
export function incrementApplicationDonationStats(donation: Donation): Change {
  const { chainId, roundId, applicationId, donorAddress, amountInUsd } = donation;
  return increment('IncrementApplicationDonationStats', {
    statement: INCREMENT_APPLICATION,
    values: [chainId, roundId, applicationId, donorAddress, amountInUsd],
  });
}
