// Spans by the OpenTelemetry API itself: with links to nothing, and ended twice, several times.
import { trace } from '@opentelemetry/api';
import { traceEvent } from 'grants-otel';

const tracer = trace.getTracer('mine');
for (let event = 0; event < 5; event++) {
  await traceEvent({ chainId: 10, roundId: '7', contractName: 'S', eventName: 'E' }, async () => {
    const span = tracer.startSpan('raw', {
      links: [{}, { context: null }, { context: { traceId: 'a'.repeat(32) } }],
    });
    span.end();
    span.end();
  });
}
