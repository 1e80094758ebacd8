// So many events of which one step takes so many ms. Usage: slow-events.mjs COUNT STEP_MS
import { traceEvent, traceStep } from 'grants-otel';

const [count, stepMs] = process.argv.slice(2).map(Number);
const cell = new Int32Array(new SharedArrayBuffer(4));
for (let index = 0; index < count; index++) {
  await traceEvent(
    {
      chainId: 42161,
      roundId: '27',
      applicationId: 3,
      contractName: 'Strategy',
      eventName: 'AllocatedWithOrigin',
    },
    async () => {
      await traceStep('handleEvent', () => traceStep('roundLookup', () => {}));
      await traceStep('InsertDonation', () => Atomics.wait(cell, 0, 0, stepMs));
    },
  );
}
