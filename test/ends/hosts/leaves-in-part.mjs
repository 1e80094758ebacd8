// A long event of which a part has left when the collector fails, and then more short ones than there is room for. Usage: leaves-in-part.mjs
// STEPS SHORT_EVENTS LAST_STEPS
import { traceEvent, traceStep } from 'grants-otel';

const [steps, shortEvents, lastSteps] = process.argv.slice(2).map(Number);
const event = (eventName, handle) => traceEvent({ chainId: 10, contractName: 'S', eventName }, handle);
const makeSteps = (count) => {
  for (let left = count; left > 0; left--) traceStep('step', () => {});
};

let goOn;
const long = event('Long', async () => {
  makeSteps(steps);
  await new Promise((resolve) => {
    goOn = resolve;
  });
  makeSteps(lastSteps);
});
for (let left = shortEvents; left > 0; left--) await event('Short', async () => makeSteps(9));
goOn();
await long;
console.log('through');
