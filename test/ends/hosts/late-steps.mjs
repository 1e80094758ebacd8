// A slow event and a fast one; a step of each, the fast one's failing, begins when the event is long over.
import { setTimeout as wait } from 'node:timers/promises';
import { traceEvent, traceStep } from 'grants-otel';

const event = (eventName, handle) => traceEvent({ chainId: 10, contractName: 'S', eventName }, handle);
const later = [];

await event('Slow', async () => {
  await traceStep('handleEvent', () => wait(120));
  later.push(wait(300).then(() => traceStep('LateStep', () => traceStep('BelowIt', () => {}))));
});
await event('Fast', async () => {
  await traceStep('handleEvent', () => {});
  later.push(
    wait(300).then(() =>
      traceStep('LateFailure', () => {
        throw new Error('late');
      }),
    ),
  );
});
await Promise.allSettled(later);
