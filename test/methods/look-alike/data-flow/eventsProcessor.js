import { DVMDAllocatedHandler, RecipientStatusUpdatedHandler } from '@grants-stack-indexer/processors';
import { OfAChain } from './internal.js';

const HANDLERS = {
  AllocatedWithOrigin: DVMDAllocatedHandler,
  RecipientStatusUpdatedWithFullRow: RecipientStatusUpdatedHandler,
};

export class EventsProcessor extends OfAChain {
  constructor(chainId, dependencies) {
    super(chainId);
    this.dependencies = dependencies;
  }

  async processEvent(event) {
    const Handler = HANDLERS[event.eventName];
    if (!Handler) {
      // Several donations that come in one event of their own making.
      return [{ type: 'InsertManyDonations', args: { donations: event.params.donations } }];
    }
    return new Handler(event, this.chainId, this.dependencies).handle();
  }
}
