import { BaseHandler } from '../../internal.js';

/** About every application of a round. */
export class RecipientStatusUpdatedHandler extends BaseHandler {
  async handle() {
    const { roundRepository, applicationRepository } = this.dependencies;
    const round = await roundRepository.getRoundByStrategyAddressOrThrow(this.chainId, this.event.srcAddress);
    const found = [];
    for (const id of this.event.params.ids) {
      found.push(await applicationRepository.getApplicationById(id, this.chainId, round.id));
    }
    return found.map(({ id }) => ({
      type: 'UpdateApplication',
      args: {
        chainId: this.chainId,
        roundId: round.id,
        applicationId: id,
        application: { status: 'APPROVED' },
      },
    }));
  }
}
