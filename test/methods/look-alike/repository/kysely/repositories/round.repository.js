import { NotFound } from '@grants-stack-indexer/shared';
import { BaseRepository } from '../../internal.js';

export class KyselyRoundRepository extends BaseRepository {
  async getRoundByStrategyAddress(chainId, strategyAddress) {
    return this.db
      .selectFrom('rounds')
      .selectAll()
      .where('chainId', '=', chainId)
      .where('strategyAddress', '=', strategyAddress)
      .executeTakeFirst();
  }

  async getRoundByStrategyAddressOrThrow(chainId, strategyAddress) {
    const round = await this.getRoundByStrategyAddress(chainId, strategyAddress);
    if (!round) throw new NotFound(`Round not found: ${strategyAddress}`);
    return round;
  }

  async incrementRoundDonationStats({ chainId, roundId }, amountInUsd, tx) {
    const counted = await tx
      .selectFrom('donations')
      .select((qb) => qb.fn.count('donorAddress').distinct().as('uniqueDonorsCount'))
      .where('chainId', '=', chainId)
      .where('roundId', '=', roundId)
      .executeTakeFirst();
    await tx
      .updateTable('rounds')
      .set((eb) => ({
        totalDonationsCount: eb('totalDonationsCount', '+', 1),
        totalAmountDonatedInUsd: eb('totalAmountDonatedInUsd', '+', amountInUsd),
        uniqueDonorsCount: Number(counted.uniqueDonorsCount),
      }))
      .where('chainId', '=', chainId)
      .where('id', '=', roundId)
      .execute();
  }
}
