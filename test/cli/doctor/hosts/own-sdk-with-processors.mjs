// Imported first: an SDK of the application's own, with processors of ours, as the README has it.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { createSpanProcessors } from 'grants-otel/processors';

new NodeSDK({ metricReaders: [], logRecordProcessors: [], spanProcessors: createSpanProcessors() }).start();
