import type { PackedBatch } from '../packed-batch.js';

/**
 * Writes export requests of OTLP straight from batches, to the byte what the stock serializer makes of their spans (since 1970): that one wants an
 * object of every span first, which takes several times as long, and is garbage that all threads have to collect.
 */
export interface Requests {
  /** A request with the spans of a batch. Throws where a time is none. */
  write(batch: PackedBatch): Uint8Array;

  /** To be called when nobody reads a request any more: its memory is used again. */
  release(request: Uint8Array): void;
}
