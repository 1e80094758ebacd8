import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { RangeReader, rangeOf } from './file-range.js';
import { type FromWorker, MAX_PENDING_BATCHES, NEXT_RANGE, type WorkerTask } from './file-worker-protocol.js';
import { type SpanBatch, transferListOf } from './span-batch.js';
import { TraceReader } from './trace-reader.js';

const { path, fileBytes, rangeBytes, wanted, shared, pendingAt } = workerData as WorkerTask;

function post(message: FromWorker, transferList: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferList);
}

/** Waits where the main thread is behind, so that what it has not looked at stays little. */
function postBatch(batch: SpanBatch): void {
  for (;;) {
    const pending = Atomics.load(shared, pendingAt);
    if (pending < MAX_PENDING_BATCHES) break;
    Atomics.wait(shared, pendingAt, pending);
  }
  Atomics.add(shared, pendingAt, 1);
  post({ kind: 'batch', batch }, transferListOf(batch));
}

const fd = openSync(path, 'r');
try {
  const reader = new TraceReader(wanted);
  const ranges = new RangeReader(fd, fileBytes, reader);
  for (;;) {
    const index = Atomics.add(shared, NEXT_RANGE, 1);
    const range = rangeOf(index, rangeBytes, fileBytes);
    if (range === undefined) break;
    for (const batch of ranges.read(range)) postBatch(batch);
    post({ kind: 'range', index, report: reader.takeReport(), bytes: range.to - range.from });
  }
  const rest = reader.takeBatch(true);
  if (rest !== undefined) postBatch(rest);
} finally {
  closeSync(fd);
}
