// Is ended while something is open. Usage: open-at-the-end.mjs LISTENERS OPEN [uncaught]
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
if (process.argv[4] === 'uncaught') {
  process.on('uncaughtException', () => process.exit(3));
  setImmediate(() => {
    throw new Error('uncaught');
  });
} else setImmediate(() => process.exit(3));
