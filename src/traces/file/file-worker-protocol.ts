import type { ReadingReport } from './reading-report.js';
import type { SpanBatch } from './span-batch.js';
import type { WantedSpans } from './wanted-spans.js';

/** Batches that a worker has sent and the main thread not yet done with, at most. */
export const MAX_PENDING_BATCHES = 3;

/** In the shared words: the number of the next range that nobody has taken. */
export const NEXT_RANGE = 0;

export interface WorkerTask {
  readonly path: string;
  readonly fileBytes: number;
  readonly rangeBytes: number;
  readonly wanted: WantedSpans;
  readonly shared: Int32Array;
  /** Where in `shared` this worker's pending batches are counted. */
  readonly pendingAt: number;
}

export type FromWorker =
  | { readonly kind: 'batch'; readonly batch: SpanBatch }
  | {
      readonly kind: 'range';
      readonly index: number;
      readonly report: ReadingReport;
      readonly bytes: number;
    };
