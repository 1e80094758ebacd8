import { traceStep } from '../../index.js';
import type { Change } from '../changes/change.js';
import { updateApplication } from '../changes/update-application.js';
import type { UpdatedRegistrationWithStatus } from '../event.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import { applicationLookup, roundLookup } from './lookups.js';

/** `Strategy.UpdatedRegistrationWithStatus`: an application with a new document. */
export async function handleUpdatedRegistration(
  { queries, metadata }: HandlerContext,
  { event, args }: UpdatedRegistrationWithStatus,
): Promise<readonly Change[]> {
  const { chainId, blockNumber } = event;
  const { roundId } = await roundLookup(queries, event);
  const { applicationId } = await applicationLookup(queries, {
    chainId,
    roundId,
    recipientId: args.recipientId,
  });
  const { pointer } = args.registration.metadata;
  const document = await traceStep('metadataLookup', () => metadata.get(pointer));
  return [
    updateApplication({
      chainId,
      roundId,
      applicationId,
      status: args.status,
      metadataCid: pointer,
      metadata: document,
      blockNumber,
      timestamp: blockTime(event),
    }),
  ];
}
