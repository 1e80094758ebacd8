import type { MessagePort } from 'node:worker_threads';
import type { Flush } from './carrier.js';
import type { ExportWay } from './export-way.js';
import type { News } from './news.js';
import type { PackedBatch } from './packed-batch.js';

/** In place of a flush's id, from a worker that has ended: no flush is worth waiting for any more. */
export const WORKER_ENDED = 0x7fff_ffff;

/** What the worker is started with. */
export interface WorkerStart {
  readonly port: MessagePort;
  /** One word: the highest flush that is through. The main thread sleeps on it when its event loop no longer turns. */
  readonly flushed: Int32Array<SharedArrayBuffer>;
  readonly way: ExportWay;
}

export type ToWorker =
  | { readonly kind: 'batch'; readonly batch: PackedBatch }
  | ({ readonly kind: 'flush'; readonly id: number } & Flush)
  /** Wants no answer: that it can be sent is one. */
  | { readonly kind: 'are you there' };

export type FromWorker = News | { readonly kind: 'flushed'; readonly id: number };
