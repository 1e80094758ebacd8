// A preload that registers an SDK of the host's own.
const { NodeSDK } = require('@opentelemetry/sdk-node');

new NodeSDK({ metricReaders: [], logRecordProcessors: [], spanProcessors: [nothing()] }).start();

function nothing() {
  return { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
}
