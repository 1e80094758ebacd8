// An event whose application becomes another one, and a step that starts when the event is over.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

let later;
let open;
const over = new Promise((resolve) => {
  open = resolve;
});
await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E' }, async () => {
  setEventAttributes({ roundId: '7', applicationId: '1' });
  await traceStep('first', async () => {});
  setEventAttributes({ applicationId: '2' });
  await traceStep('second', async () => {});
  later = over.then(() => traceStep('later', async () => {}));
});
open();
await later;
