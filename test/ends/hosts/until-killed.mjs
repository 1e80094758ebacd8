// Handles events until it is killed, and tells of each in a line of its number.
import { traceEvent, traceStep } from 'grants-otel';

for (let logIndex = 0; ; logIndex++) {
  await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E', logIndex }, () =>
    traceStep('handleEvent', () => new Promise((resolve) => setTimeout(resolve, 2))),
  );
  console.log(logIndex);
}
