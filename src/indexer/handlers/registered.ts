import { setEventAttributes, traceStep } from '../../index.js';
import type { Change } from '../changes/change.js';
import { insertApplication } from '../changes/insert-application.js';
import type { RegisteredWithSender } from '../event.js';
import { blockTime } from './block-time.js';
import type { HandlerContext } from './handler-context.js';
import { roundLookup } from './lookups.js';

/** `Strategy.RegisteredWithSender`: a new application. */
export async function handleRegistered(
  { queries, metadata }: HandlerContext,
  { event, args }: RegisteredWithSender,
): Promise<readonly Change[]> {
  const { roundId } = await roundLookup(queries, event);
  setEventAttributes({ applicationId: args.applicationId });
  const { pointer } = args.registration.metadata;
  const document = await traceStep('metadataLookup', () => metadata.get(pointer));
  return [
    insertApplication({
      chainId: event.chainId,
      roundId,
      applicationId: args.applicationId,
      anchorAddress: args.recipientId,
      metadataCid: pointer,
      metadata: document,
      createdByAddress: args.sender,
      createdAtBlock: event.blockNumber,
      timestamp: blockTime(event),
    }),
  ];
}
