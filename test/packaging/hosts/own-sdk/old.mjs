// An SDK of the first line, with our processors.

import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { traceEvent } from 'grants-otel';
import { createSpanProcessors } from 'grants-otel/processors';

const provider = new BasicTracerProvider({ spanProcessors: createSpanProcessors() });
trace.setGlobalTracerProvider(provider);
for (const blockNumber of [1, 2])
  traceEvent({ chainId: 10, contractName: 'Own', eventName: 'Donated', blockNumber }, () => {});
await provider.shutdown();
console.log('done');
