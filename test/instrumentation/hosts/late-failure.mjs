// Two events, of which one is outlived by a step that fails, and the other by one that does not.
import { traceEvent, traceStep } from 'grants-otel';

const late = [];
for (const eventName of ['Fails', 'Ends']) {
  await traceEvent({ chainId: 10, contractName: 'S', eventName }, async () => {
    late.push(
      traceStep('late', async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (eventName === 'Fails') throw new Error('too late');
      }),
    );
  });
}
await Promise.allSettled(late);
