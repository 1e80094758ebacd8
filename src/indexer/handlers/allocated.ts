import { keccak256, stringToHex } from 'viem';
import { setEventAttributes, traceStep } from '../../index.js';
import { type Address, toAddress } from '../address.js';
import { BadEventError } from '../bad-event-error.js';
import type { Change } from '../changes/change.js';
import {
  incrementApplicationDonationStats,
  incrementRoundDonationStats,
} from '../changes/increment-donation-stats.js';
import { insertDonation } from '../changes/insert-donation.js';
import type { AllocatedWithOrigin, IndexerEvent } from '../event.js';
import { amountTimesPrice, formatDecimal, valueInToken } from '../prices/decimal.js';
import type { PriceLookup } from '../prices/price-lookup.js';
import { showValue } from '../show-value.js';
import type { Token, Tokens } from '../tokens.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import {
  applicationLookup,
  type FoundApplication,
  type FoundRound,
  findToken,
  roundLookup,
} from './lookups.js';

/** What the column of amounts takes: 78 digits, as many as 256 bits have. */
const LARGEST_AMOUNT = 10n ** 78n - 1n;

interface DonationTokens {
  readonly token: Token;
  readonly matchToken: Token;
}

interface DonationAmounts {
  readonly amountInUsd: string;
  readonly amountInRoundMatchToken: bigint;
}

function tokenValidation(tokens: Tokens, { event, args }: AllocatedWithOrigin, round: FoundRound) {
  return traceStep('tokenValidation', (): DonationTokens => {
    const { chainId } = event;
    const token = findToken(tokens, { chainId, address: args.token, of: 'params.token' });
    setEventAttributes({ tokenAddress: token.address });
    const matchToken = findToken(tokens, {
      chainId,
      address: round.matchTokenAddress,
      of: `matching token of round ${round.roundId}`,
    });
    return { token, matchToken };
  });
}

async function amountInMatchToken(
  prices: PriceLookup,
  donation: { event: IndexerEvent; usd: ReturnType<typeof amountTimesPrice>; matchToken: Token },
): Promise<bigint> {
  const { event, usd, matchToken } = donation;
  const { chainId, blockTimestamp } = event;
  const price = await prices.at({
    chainId,
    priceCode: matchToken.priceCode,
    timestampMs: blockTimestamp * 1000,
  });
  if (price.digits === 0n)
    throw new BadEventError(
      'MISSING_PRICE',
      `expected a price of ${matchToken.priceCode} above 0, to tell the donation in the matching token; found 0`,
    );
  const amount = valueInToken({ value: usd, decimals: matchToken.decimals, price });
  if (amount > LARGEST_AMOUNT)
    throw new BadEventError(
      'BAD_AMOUNT',
      `params.amount: expected a donation worth at most 78 digits of ${matchToken.code}, the matching token, found one of ${amount.toString().length}`,
    );
  return amount;
}

function priceCalculation(
  prices: PriceLookup,
  { event, args }: AllocatedWithOrigin,
  { token, matchToken }: DonationTokens,
): Promise<DonationAmounts> {
  return traceStep('priceCalculation', async () => {
    const { chainId, blockTimestamp } = event;
    const price = await prices.at({
      chainId,
      priceCode: token.priceCode,
      timestampMs: blockTimestamp * 1000,
    });
    const usd = amountTimesPrice({ amount: args.amount, decimals: token.decimals, price });
    const amountInRoundMatchToken =
      token.address === matchToken.address
        ? args.amount
        : await amountInMatchToken(prices, { event, usd, matchToken });
    const amountInUsd = formatDecimal(usd);
    setEventAttributes({ amountInUsd, amountInRoundMatchToken });
    return { amountInUsd, amountInRoundMatchToken };
  });
}

function metadataParsing(application: FoundApplication): Address {
  return traceStep('metadataParsing', () => {
    const recipientAddress = toAddress(application.recipient);
    if (recipientAddress === undefined)
      throw new BadEventError(
        'BAD_DOCUMENT',
        `${application.metadataCid}: expected an address at application.recipient, found ${showValue(application.recipient)}`,
      );
    setEventAttributes({ recipientAddress });
    return recipientAddress;
  });
}

/** The id that grants-stack-indexer gives a donation: unique on its chain. */
function donationId({ blockNumber, logIndex }: IndexerEvent): string {
  return keccak256(stringToHex(`${blockNumber}-${logIndex}`));
}

/** `Strategy.AllocatedWithOrigin`: a donation, and what it adds to its round and its application. */
export async function handleAllocated(
  { queries, tokens, prices }: HandlerContext,
  handled: AllocatedWithOrigin,
): Promise<readonly Change[]> {
  const { event, args } = handled;
  const { chainId } = event;
  setEventAttributes({ donorAddress: args.origin, tokenAddress: args.token, amount: args.amount });
  const round = await roundLookup(queries, event);
  const { roundId } = round;
  const application = await applicationLookup(queries, { chainId, roundId, recipientId: args.recipientId });
  const donationTokens = tokenValidation(tokens, handled, round);
  const amounts = await priceCalculation(prices, handled, donationTokens);
  const recipientAddress = metadataParsing(application);
  const donation = {
    id: donationId(event),
    chainId,
    roundId,
    applicationId: application.applicationId,
    donorAddress: args.origin,
    recipientAddress,
    transactionHash: event.transactionFields.hash,
    blockNumber: event.blockNumber,
    tokenAddress: donationTokens.token.address,
    timestamp: blockTime(event),
    amount: args.amount,
    ...amounts,
  };
  return [
    insertDonation(donation),
    incrementRoundDonationStats(donation),
    incrementApplicationDonationStats(donation),
  ];
}
