import type { News } from './news.js';
import type { PackedBatch } from './packed-batch.js';

/** What takes packed batches out of the host's main thread, or out of the process. */
export interface Carrier {
  /** Hands a batch over; it is settled when nothing more will be tried. */
  carry(batch: PackedBatch): void;
  /**
   * Resolves when all that was handed over is settled, or when the collector is not there, or asks for more time than `timeoutMs`; the
   * caller has to look at the clock itself.
   */
  flush(timeoutMs: number): Promise<void>;
  /** The same without a turn of the event loop, for `timeoutMs` at most. True when the carrier was through in time. */
  flushSync(timeoutMs: number): boolean;
  /** Lets go of threads and ports. What is not settled by then stays unsettled. */
  close(): Promise<void>;
}

/** What a carrier tells its owner. */
export interface CarrierEvents {
  onNews(news: News): void;
  /** The carrier has ended by itself, and what is not settled never will be. */
  onEnd(why: string): void;
}
