import type { Change } from '../changes/change.js';
import type { HandledEvent } from '../event.js';
import { handleAllocated } from './allocated.js';
import type { HandlerContext } from './handler-context.js';
import { handlePoolCreated } from './pool-created.js';
import { handleRegistered } from './registered.js';
import { handleStatusRow } from './status-row.js';
import { handleUpdatedRegistration } from './updated-registration.js';

/**
 * Decides what an event changes.
 * @throws BadEventError for an event that cannot be taken.
 */
export async function handleEvent(
  context: HandlerContext,
  handled: HandledEvent,
): Promise<readonly Change[]> {
  switch (handled.kind) {
    case 'PoolCreated':
      return handlePoolCreated(context, handled);
    case 'RegisteredWithSender':
      return handleRegistered(context, handled);
    case 'UpdatedRegistrationWithStatus':
      return handleUpdatedRegistration(context, handled);
    case 'RecipientStatusUpdatedWithFullRow':
      return handleStatusRow(context, handled);
    case 'AllocatedWithOrigin':
      return handleAllocated(context, handled);
  }
}
