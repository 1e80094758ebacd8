// An event in the main thread, and one in a worker thread, which is not traced.
import { isMainThread, Worker } from 'node:worker_threads';
import { traceEvent } from 'grants-otel';

const eventName = isMainThread ? 'InMain' : 'InWorker';
await traceEvent({ chainId: 10, contractName: 'Strategy', eventName }, async () => {});
if (isMainThread) {
  new Worker(new URL(import.meta.url)).on('exit', (code) => console.log(`worker ended with ${code}`));
}
