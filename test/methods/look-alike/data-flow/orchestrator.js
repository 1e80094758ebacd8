import { RetryHandler } from '@grants-stack-indexer/shared';
import { DataLoader, EventsFetcher, EventsProcessor, OfAChain, Queue } from './internal.js';

export class Orchestrator extends OfAChain {
  constructor(chainId, dependencies, client) {
    super(chainId);
    const { repositories, transactionManager } = dependencies;
    this.dependencies = dependencies;
    this.eventsRegistry = repositories.events;
    this.eventsQueue = new Queue();
    this.eventsFetcher = new EventsFetcher(client);
    this.eventsProcessor = new EventsProcessor(chainId, {
      roundRepository: repositories.rounds,
      applicationRepository: repositories.applications,
      pricingProvider: dependencies.pricingProvider,
    });
    this.dataLoader = new DataLoader(repositories, transactionManager);
    this.retryHandler = new RetryHandler();
  }

  /** Until a fetch finds nothing. */
  async run(signal) {
    for (;;) {
      let event = this.eventsQueue.pop();
      if (!event) {
        const events = await this.getNextEventsBatch();
        await this.bulkFetchMetadataAndPricesForBatch(events);
        if (events.length === 0) return;
        this.eventsQueue.push(...events);
        event = this.eventsQueue.pop();
      }
      try {
        await this.retryHandler.execute(
          async () => {
            const changes = await this.handleEvent(event);
            const processed = {
              type: 'InsertProcessedEvent',
              args: { chainId: this.chainId, processedEvent: event },
            };
            await this.dataLoader.applyChanges([...changes, processed]);
          },
          { abortSignal: signal },
        );
      } catch (error) {
        await this.eventsRegistry.saveLastProcessedEvent(this.chainId, event);
        error.message = `event ${event.blockNumber}-${event.logIndex} failed: ${error.message}`;
        console.log(error.stack);
      }
    }
  }

  async getNextEventsBatch() {
    const last = await this.eventsRegistry.getLastProcessedEvent(this.chainId);
    return this.eventsFetcher.fetchEventsByBlockNumberAndLogIndex({
      chainId: this.chainId,
      blockNumber: last?.blockNumber ?? 0,
      logIndex: last?.logIndex ?? 0,
    });
  }

  async bulkFetchMetadataAndPricesForBatch(events) {
    if (events.length === 0) return;
    await Promise.allSettled([this.bulkFetchTokens(events.map((event) => event.blockTimestamp))]);
  }

  async bulkFetchTokens(timestampsMs) {
    const { pricingProvider } = this.dependencies;
    return Promise.all(
      ['ETH', 'USDC'].map((code) =>
        this.retryHandler.execute(() => pricingProvider.getTokenPrices(code, timestampsMs)),
      ),
    );
  }

  async handleEvent(event) {
    return this.eventsProcessor.processEvent(event);
  }
}
