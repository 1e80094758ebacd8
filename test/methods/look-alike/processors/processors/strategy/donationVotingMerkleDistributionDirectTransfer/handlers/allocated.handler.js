import { getTokenOrThrow } from '@grants-stack-indexer/shared';
import { BaseHandler, getTokenAmountInUsd, getUsdInTokenAmount } from '../../../../internal.js';

export class DVMDAllocatedHandler extends BaseHandler {
  async handle() {
    const { roundRepository, applicationRepository, pricingProvider } = this.dependencies;
    const { params, srcAddress, blockTimestamp } = this.event;
    const amount = BigInt(params.amount);
    const round = await roundRepository.getRoundByStrategyAddressOrThrow(this.chainId, srcAddress);
    const application = await applicationRepository.getApplicationByAnchorAddressOrThrow(
      this.chainId,
      round.id,
      params.recipientId,
    );
    const token = getTokenOrThrow(this.chainId, params.token);
    const matchToken = getTokenOrThrow(this.chainId, round.matchTokenAddress);
    const { amountInUsd } = await getTokenAmountInUsd(pricingProvider, token, amount, blockTimestamp);
    const inMatchToken =
      token.code === matchToken.code
        ? amount
        : (await getUsdInTokenAmount(pricingProvider, matchToken, amountInUsd, blockTimestamp)).amount;
    const { recipient } = this.parseMetadataOrThrow(application.metadata);
    const donation = {
      id: `${this.event.blockNumber}-${this.event.logIndex}`,
      chainId: this.chainId,
      roundId: round.id,
      applicationId: application.id,
      donorAddress: params.origin,
      recipientAddress: recipient,
      tokenAddress: token.address,
      amount,
      amountInUsd,
      amountInRoundMatchToken: inMatchToken,
    };
    const where = { chainId: this.chainId, roundId: round.id };
    return [
      { type: 'InsertDonation', args: { donation } },
      { type: 'IncrementRoundDonationStats', args: { ...where, amountInUsd } },
      {
        type: 'IncrementApplicationDonationStats',
        args: { ...where, applicationId: application.id, amountInUsd },
      },
    ];
  }

  parseMetadataOrThrow(metadata) {
    if (typeof metadata?.recipient !== 'string') throw new Error('metadata has no recipient');
    return metadata;
  }
}
