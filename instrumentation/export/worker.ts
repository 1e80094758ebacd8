import { workerData } from 'node:worker_threads';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { createCourier } from './export-way.js';
import { type FromWorker, type ToWorker, WORKER_ENDED, type WorkerStart } from './worker-protocol.js';

const { port, flushed, way } = workerData as WorkerStart;

function wakeMainThread(flushId: number): void {
  Atomics.store(flushed, 0, Math.max(flushId, Atomics.load(flushed, 0)));
  Atomics.notify(flushed, 0);
}
process.on('exit', () => wakeMainThread(WORKER_ENDED));

const tell = (message: FromWorker): void => port.postMessage(message);

const debug = (...words: unknown[]): void =>
  tell({ kind: 'debug', line: words.filter((word) => typeof word === 'string').join(' ') });
diag.setLogger(
  { error: debug, warn: debug, info: debug, debug, verbose: debug },
  { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
);

const courier = await createCourier(way, tell);

async function flush({ id, ...how }: Extract<ToWorker, { kind: 'flush' }>): Promise<void> {
  await courier.flush(how);
  tell({ kind: 'flushed', id });
  wakeMainThread(id);
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'batch') courier.take(message.batch);
  else if (message.kind === 'flush') void flush(message);
});
