// Prints the names of the headers that a request made within an event would carry, and what the event's span is.
import { context, propagation, trace } from '@opentelemetry/api';
import { traceEvent } from 'grants-otel';

traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'Allocated' }, () => {
  const headers = {};
  const baggage = propagation.createBaggage({ key: { value: 'value' } });
  propagation.inject(propagation.setBaggage(context.active(), baggage), headers);
  trace.getActiveSpan()?.setAttribute('text', 'x'.repeat(50));
  console.log(Object.keys(headers).sort().join());
});
