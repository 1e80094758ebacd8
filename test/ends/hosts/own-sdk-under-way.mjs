// An application that registers an SDK of its own while an event is under way.

import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { traceEvent, traceStep } from 'grants-otel';

const event = { chainId: 10, contractName: 'S', eventName: 'UnderWay' };
const result = await traceEvent(event, async () => {
  await traceStep('ended', async () => {});
  return traceStep('open', async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    return 'result';
  });
});
traceStep('outer', () => {});
console.log(result);
