// Fast events and others that matter, each with steps; ends by process.exit with an event in flight. Usage: kept.mjs FAST_EVENTS
import { traceEvent, traceStep } from 'grants-otel';

const cell = new Int32Array(new SharedArrayBuffer(4));
const event = (eventName, handle) =>
  traceEvent({ chainId: 10, roundId: '1', contractName: 'S', eventName }, handle);

for (let left = Number(process.argv[2]); left > 0; left--) {
  await event('Fast', () => traceStep('handleEvent', () => traceStep('roundLookup', () => {})));
}
await event('Slow', async () => {
  await traceStep('handleEvent', () => Atomics.wait(cell, 0, 0, 120));
  await traceStep('applyChanges', () => {});
});
// Its own threshold is higher than the one of its slow step.
await event('SlowStep', async () => {
  await traceStep('InsertDonation', () => Atomics.wait(cell, 0, 0, 20));
  await traceStep('applyChanges', () => {});
});
await event('Failed', async () => {
  await traceStep('handleEvent', () => {});
  await traceStep('applyChanges', async () => {
    throw new Error('failed');
  });
}).catch(() => {});
await event('FailedStep', async () => {
  await traceStep('handleEvent', async () => {
    throw new Error('failed');
  }).catch(() => {});
  await traceStep('applyChanges', () => {});
});
void event('Interrupted', async () => {
  await traceStep('handleEvent', () => {});
  await traceStep('applyChanges', () => new Promise(() => {}));
});
void event('LeftBehind', async () => {
  void traceStep('handleEvent', () => new Promise(() => {}));
  traceStep('applyChanges', () => {});
});
setTimeout(() => process.exit(0), 10);
