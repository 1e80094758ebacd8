// Events with so many steps, their round known at the end. Usage: wide-event.mjs STEPS EVENTS [PAUSE_AT], where the first event waits at that
// step for the end of stdin.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

const [steps, events, pauseAt] = process.argv.slice(2).map(Number);
for (let event = 0; event < events; event++) {
  await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E', logIndex: event }, async () => {
    for (let step = 0; step < steps; step++) {
      await traceStep('step', async () => {});
      if (step === pauseAt) await process.stdin.toArray();
    }
    setEventAttributes({ roundId: '5' });
  });
}
