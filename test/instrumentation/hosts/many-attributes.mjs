// An event and a step with more attributes than a span may have, before its ids are known.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`key${index}`, index]));
await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E', ...many }, () =>
  traceStep({ name: 'step', attributes: many }, async () => {
    setEventAttributes({ roundId: 7, applicationId: 3 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }),
);
