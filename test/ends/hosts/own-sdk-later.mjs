// An application that registers an SDK of its own at its start, and then traces.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { traceStep } from 'grants-otel';

const spanProcessors = [new SimpleSpanProcessor(new OTLPTraceExporter())];
const sdk = new NodeSDK({
  serviceName: 'own-sdk',
  metricReaders: [],
  logRecordProcessors: [],
  spanProcessors,
});
sdk.start();
console.log(await traceStep('outer', async () => traceStep('inner', async () => 'result')));
await sdk.shutdown();
