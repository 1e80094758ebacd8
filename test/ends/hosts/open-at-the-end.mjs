// Is ended while something is open. Usage: open-at-the-end.mjs LISTENERS OPEN
import { traceEvent } from 'grants-otel';

const [listeners, open] = process.argv.slice(2).map(Number);
const event = (eventName) => ({ chainId: 1, contractName: 'S', eventName });
const real = JSON.stringify;
JSON.stringify = () => {
  throw new Error('not of this host');
};
for (let done = 0; done < 5; done++) traceEvent(event('Done'), () => {});
JSON.stringify = real;
for (let at = 0; at < listeners; at++) process.on('exit', () => {});
for (let at = 0; at < open; at++) void traceEvent(event('Open'), () => new Promise(() => {}));
setImmediate(() => process.exit(3));
