export * from './providers/cachingProxy.provider.js';
