import { BaseRepository } from '../../internal.js';

export class KyselyDonationRepository extends BaseRepository {
  async insertDonation(donation, tx) {
    await this.insertManyDonations([donation], tx);
  }

  async insertManyDonations(donations, tx) {
    await tx
      .insertInto('donations')
      .values(donations)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}
