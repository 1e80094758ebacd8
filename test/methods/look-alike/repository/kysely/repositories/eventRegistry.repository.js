import { BaseRepository } from '../../internal.js';

export class KyselyEventRegistryRepository extends BaseRepository {
  async getLastProcessedEvent(chainId) {
    return this.db.selectFrom('eventsRegistry').selectAll().where('chainId', '=', chainId).executeTakeFirst();
  }

  async saveLastProcessedEvent(chainId, { blockNumber, logIndex }, tx = this.db) {
    await tx
      .insertInto('eventsRegistry')
      .values({ chainId, blockNumber, logIndex })
      .onConflict((conflict) => conflict.column('chainId').doUpdateSet({ blockNumber, logIndex }))
      .execute();
  }
}
