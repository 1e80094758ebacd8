// One event with so many steps, its round known at its end. Usage: wide-event.mjs STEPS EVENTS
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

for (let event = 0; event < Number(process.argv[3]); event++) {
  await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E', logIndex: event }, async () => {
    for (let step = 0; step < Number(process.argv[2]); step++) await traceStep('step', async () => {});
    setEventAttributes({ roundId: '5' });
  });
}
