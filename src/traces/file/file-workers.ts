import { Worker } from 'node:worker_threads';
import { type FromWorker, NEXT_RANGE, type WorkerTask } from './file-worker-protocol.js';
import { joinReports, type ReadingReport } from './reading-report.js';
import type { SpanBatch } from './span-batch.js';
import type { WantedSpans } from './wanted-spans.js';

const WORKERS = 2;
/** Little of what a worker makes lives long; the heap is for lines that go through `JSON.parse`. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

export interface ParallelReading {
  readonly path: string;
  readonly fileBytes: number;
  readonly rangeBytes: number;
  readonly wanted: WantedSpans;
  /** Told how many more bytes have been read. */
  readonly onBytes: (count: number) => void;
  /** Told at the end, or at an error, how it went. */
  readonly onReport: (report: ReadingReport) => void;
}

function startWorker(task: WorkerTask): Worker {
  return new Worker(new URL('./file-worker.js', import.meta.url), {
    name: 'grants-otel',
    workerData: task,
    // Nothing that the command itself was started with is for the workers.
    env: {},
    execArgv: [],
    argv: [],
    resourceLimits: RESOURCE_LIMITS,
  });
}

/** Reads a file's lines on two cores, and gives their spans in no order. */
export async function* readInParallel(reading: ParallelReading): AsyncGenerator<SpanBatch> {
  const { path, fileBytes, rangeBytes, wanted, onBytes, onReport } = reading;
  const shared = new Int32Array(new SharedArrayBuffer(4 * (WORKERS + 1)));
  const reports: ReadingReport[] = [];
  const ready: { batch: SpanBatch; pendingAt: number }[] = [];
  let running = WORKERS;
  let failure: unknown;
  let wake = (): void => undefined;

  function hear(message: FromWorker, pendingAt: number): void {
    if (message.kind === 'batch') ready.push({ batch: message.batch, pendingAt });
    else {
      reports[message.index] = message.report;
      onBytes(message.bytes);
    }
    wake();
  }

  const workers = Array.from({ length: WORKERS }, (_, at) => {
    const pendingAt = NEXT_RANGE + 1 + at;
    const worker = startWorker({ path, fileBytes, rangeBytes, wanted, shared, pendingAt });
    worker.on('message', (message: FromWorker) => hear(message, pendingAt));
    worker.on('error', (error) => {
      failure ??= error;
    });
    worker.on('exit', () => {
      running--;
      wake();
    });
    return worker;
  });

  try {
    while (failure === undefined && (running > 0 || ready.length > 0)) {
      const next = ready.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      yield next.batch;
      Atomics.sub(shared, next.pendingAt, 1);
      Atomics.notify(shared, next.pendingAt);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  onReport(joinReports(reports.filter((report) => report !== undefined)));
  if (failure !== undefined) throw failure;
}
