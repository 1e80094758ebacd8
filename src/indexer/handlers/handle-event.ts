import type { Change } from '../changes/change.js';
import type { Queries } from '../database/database.js';
import type { HandledEvent } from '../event.js';
import type { Metadata } from '../metadata.js';
import type { PriceLookup } from '../prices/price-lookup.js';
import type { Tokens } from '../tokens.js';
import { handleAllocated } from './allocated.js';
import { handlePoolCreated } from './pool-created.js';
import { handleRegistered } from './registered.js';
import { handleStatusRow } from './status-row.js';
import { handleUpdatedRegistration } from './updated-registration.js';

/** What handlers look things up in; none of them writes. */
export interface HandlerContext {
  readonly queries: Queries;
  readonly metadata: Metadata;
  readonly tokens: Tokens;
  readonly prices: PriceLookup;
}

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
