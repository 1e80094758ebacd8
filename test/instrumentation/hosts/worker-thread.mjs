// The same event in the main thread and in a worker thread.
import { isMainThread, Worker } from 'node:worker_threads';
import { traceEvent } from 'grants-otel';

await traceEvent(
  { chainId: 10, contractName: 'S', eventName: isMainThread ? 'InMain' : 'InWorker' },
  async () => {},
);
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('exit', (code) => console.log('worker ended with', code));
}
