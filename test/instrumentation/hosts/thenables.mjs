// biome-ignore-all lint/suspicious/noThenProperty: what this is about
// Steps that return what can be awaited, but is no promise.
import { traceEvent, traceStep } from 'grants-otel';

const lazy = { then: (done, failed) => traceStep('query', async () => 'lazy').then(done, failed) };
const mute = { then: (done) => void done('mute') };
const broken = {
  get then() {
    throw new Error('not to be awaited');
  },
};

await traceEvent({ chainId: 10, contractName: 'S', eventName: 'E' }, async () => {
  console.log(await traceStep('lazy', () => lazy));
  console.log(await traceStep('mute', () => mute));
  console.log(traceStep('broken', () => broken) === broken);
});
