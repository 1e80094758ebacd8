import type { News } from './news.js';
import type { PackedBatch } from './packed-batch.js';

/** For how long what was handed over is waited for, and whether anything comes after that. */
export interface Flush {
  readonly timeoutMs: number;
  /** What is not out then is lost: a collector that wants to be asked later is asked once more. */
  readonly isLast: boolean;
}

/** What takes packed batches out of the host's main thread, or out of the process. */
export interface Carrier {
  /** Hands a batch over; it is settled when nothing more will be tried. */
  carry(batch: PackedBatch): void;
  /**
   * Resolves when all that was handed over is settled, or when the collector is not there, or asks for more time than there is; the
   * caller has to look at the clock itself.
   */
  flush(flush: Flush): Promise<void>;
  /** The same without a turn of the event loop, for `timeoutMs` at most. True when the carrier was through in time. */
  flushSync(flush: Flush): boolean;
  /** Lets go of threads and ports. What is not settled by then stays unsettled. */
  close(): Promise<void>;
}

/** What a carrier tells its owner. */
export interface CarrierEvents {
  onNews(news: News): void;
  /** The carrier has ended by itself, and what is not settled never will be. */
  onEnd(why: string): void;
}
