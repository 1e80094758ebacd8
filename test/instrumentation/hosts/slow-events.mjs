// So many events of which one step takes 30 ms. Usage: slow-events.mjs COUNT
import { traceEvent, traceStep } from 'grants-otel';

const cell = new Int32Array(new SharedArrayBuffer(4));
for (let index = 0; index < Number(process.argv[2]); index++) {
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
      await traceStep('InsertDonation', () => Atomics.wait(cell, 0, 0, 30));
    },
  );
}
