import type { Change } from '../changes/change.js';
import { updateApplicationStatuses } from '../changes/update-application.js';
import type { RecipientStatusUpdatedWithFullRow } from '../event.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import { roundLookup } from './lookups.js';

/** `Strategy.RecipientStatusUpdatedWithFullRow`: the statuses of up to 64 applications. */
export async function handleStatusRow(
  { queries }: HandlerContext,
  { event, args }: RecipientStatusUpdatedWithFullRow,
): Promise<readonly Change[]> {
  const { roundId } = await roundLookup(queries, event);
  return [
    updateApplicationStatuses({
      chainId: event.chainId,
      roundId,
      statuses: args.statuses,
      blockNumber: event.blockNumber,
      timestamp: blockTime(event),
    }),
  ];
}
