export * from './base.js';
export * from './data-loader/dataLoader.js';
export * from './eventsFetcher.js';
export * from './eventsProcessor.js';
export * from './orchestrator.js';
export * from './utils/queue.js';
