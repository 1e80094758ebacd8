import { NotFound } from '@grants-stack-indexer/shared';
import { BaseRepository } from '../../internal.js';

export class KyselyApplicationRepository extends BaseRepository {
  async getApplicationById(id, chainId, roundId) {
    return this.#of(chainId, roundId).where('id', '=', id).executeTakeFirst();
  }

  async getApplicationByAnchorAddressOrThrow(chainId, roundId, anchorAddress) {
    const found = await this.#of(chainId, roundId)
      .where('anchorAddress', '=', anchorAddress)
      .executeTakeFirst();
    if (!found) throw new NotFound(`Application not found: ${anchorAddress}`);
    return found;
  }

  async updateApplication({ chainId, roundId, id }, changes, tx) {
    await tx
      .updateTable('applications')
      .set(changes)
      .where('chainId', '=', chainId)
      .where('roundId', '=', roundId)
      .where('id', '=', id)
      .execute();
  }

  // The statement answers the totals itself.
  async incrementApplicationDonationStats({ chainId, roundId, id }, amountInUsd, tx) {
    await tx
      .updateTable('applications')
      .set((eb) => ({
        totalDonationsCount: eb('totalDonationsCount', '+', 1),
        totalAmountDonatedInUsd: eb('totalAmountDonatedInUsd', '+', amountInUsd),
      }))
      .where('chainId', '=', chainId)
      .where('roundId', '=', roundId)
      .where('id', '=', id)
      .returning(['uniqueDonorsCount', 'totalDonationsCount', 'totalAmountDonatedInUsd'])
      .execute();
  }

  #of(chainId, roundId) {
    return this.db
      .selectFrom('applications')
      .selectAll()
      .where('chainId', '=', chainId)
      .where('roundId', '=', roundId);
  }
}
