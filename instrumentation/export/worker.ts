import { workerData } from 'node:worker_threads';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { createCourier } from './export-way.js';
import type { FromWorker, ToWorker, WorkerStart } from './worker-protocol.js';

const { port, flushed, way } = workerData as WorkerStart;
const tell = (message: FromWorker): void => port.postMessage(message);

const debug = (...words: unknown[]): void =>
  tell({ kind: 'debug', line: words.filter((word) => typeof word === 'string').join(' ') });
diag.setLogger(
  { error: debug, warn: debug, info: debug, debug, verbose: debug },
  { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
);

const courier = await createCourier(way, tell);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'batch') return courier.take(message.batch);
  const { id } = message;
  void courier.flush().then(() => {
    tell({ kind: 'flushed', id });
    Atomics.store(flushed, 0, Math.max(id, Atomics.load(flushed, 0)));
    Atomics.notify(flushed, 0);
  });
});
