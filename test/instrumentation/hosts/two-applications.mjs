// One event that concerns two applications, each in steps of its own.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E' }, async () => {
  for (const applicationId of ['1', '2']) {
    await traceStep({ name: 'increment', attributes: { applicationId } }, async () => {
      setEventAttributes({ roundId: '7' });
      await traceStep('inner', async () => {});
    });
  }
});
