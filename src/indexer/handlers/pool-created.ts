import { setEventAttributes, traceStep } from '../../index.js';
import type { Change } from '../changes/change.js';
import { insertRound } from '../changes/insert-round.js';
import type { PoolCreated } from '../event.js';
import { parseDecimal, toSmallestUnit } from '../prices/decimal.js';
import type { Token } from '../tokens.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import { tokenAddressOf } from './lookups.js';

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** What the round's document promises to match with; 0 where it promises nothing, or the token is not known. */
function matchAmountOf(roundMetadata: unknown, token: Token | undefined): bigint {
  const available = property(property(roundMetadata, 'quadraticFundingConfig'), 'matchingFundsAvailable');
  const amount = typeof available === 'number' ? parseDecimal(String(available)) : undefined;
  return amount && token && amount.digits > 0n ? toSmallestUnit(amount, token.decimals) : 0n;
}

/** `Allo.PoolCreated`: a new round. */
export async function handlePoolCreated(
  { metadata, tokens }: HandlerContext,
  { event, args }: PoolCreated,
): Promise<readonly Change[]> {
  const { chainId, blockNumber } = event;
  setEventAttributes({ roundId: args.roundId });
  const document = await traceStep('metadataLookup', () => metadata.get(args.metadata.pointer));
  const matchTokenAddress = tokenAddressOf(args.token);
  const roundMetadata = property(document, 'round');
  const isGrantsStack = typeof property(roundMetadata, 'quadraticFundingConfig') === 'object';
  return [
    insertRound({
      chainId,
      roundId: args.roundId,
      tags: isGrantsStack ? ['allo-v2', 'grants-stack'] : ['allo-v2'],
      matchAmount: matchAmountOf(roundMetadata, tokens.find(chainId, matchTokenAddress)),
      matchTokenAddress,
      fundedAmount: args.amount,
      metadataCid: args.metadata.pointer,
      applicationMetadata: property(document, 'application'),
      roundMetadata,
      createdByAddress: event.transactionFields.from,
      createdAtBlock: blockNumber,
      strategyAddress: args.strategy,
      projectId: args.profileId,
      timestamp: blockTime(event),
    }),
  ];
}
