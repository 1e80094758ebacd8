// An application that registers an SDK of its own at its start, and then traces.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { traceStep } from 'grants-otel';

const nothing = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [], spanProcessors: [nothing] });
sdk.start();
console.log(await traceStep('ended', async () => 'result'));
await sdk.shutdown();
