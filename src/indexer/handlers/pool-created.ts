import { z } from 'zod';
import { setEventAttributes, traceStep } from '../../index.js';
import type { Change } from '../changes/change.js';
import { insertRound } from '../changes/insert-round.js';
import type { PoolCreated } from '../event.js';
import { parseDecimal, toSmallestUnit } from '../prices/decimal.js';
import type { Token } from '../tokens.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import { tokenAddressOf } from './lookups.js';

/** A round's document as Grants Stack writes it; other programs' rounds have others. */
const GRANTS_STACK_ROUND = z.object({
  name: z.string(),
  roundType: z.enum(['private', 'public']),
  quadraticFundingConfig: z.object({ matchingFundsAvailable: z.number() }),
});

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Whole tokens, as the round's document promises to match with, in the smallest unit; 0 where the token is not known. */
function matchAmountOf(matchingFundsAvailable: number, token: Token | undefined): bigint {
  const amount = parseDecimal(String(matchingFundsAvailable));
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
  const { data: grantsStack } = GRANTS_STACK_ROUND.safeParse(roundMetadata);
  const available = grantsStack?.quadraticFundingConfig.matchingFundsAvailable ?? 0;
  return [
    insertRound({
      chainId,
      roundId: args.roundId,
      tags: grantsStack ? ['allo-v2', 'grants-stack'] : ['allo-v2'],
      matchAmount: matchAmountOf(available, tokens.find(chainId, matchTokenAddress)),
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
