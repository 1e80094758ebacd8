import { isSettled, type PackedBatch, pack, spanCount } from './packed-batch.js';
import type { SpanRecord } from './span-record.js';

/** What `take` makes of the queue. */
interface Taken {
  readonly packed: PackedBatch[];
  /** Spans that cannot be handed to another thread. */
  readonly unpackable: { readonly spans: number; readonly why: string }[];
}

/** A batch that is larger than this is halved, as far as it has more than one span: the collector has to take it in one request. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

function tryPack(spans: readonly SpanRecord[]): PackedBatch | Error {
  try {
    return pack(spans);
  } catch (error) {
    return error as Error;
  }
}

/** One span that cannot be packed, or a huge one, does not take the others with it: its batch is halved until it is alone. */
function packInto(taken: Taken, spans: readonly SpanRecord[]): void {
  const batch = tryPack(spans);
  const failed = batch instanceof Error;
  if (spans.length > 1 && (failed || batch.byteLength > MAX_BATCH_BYTES)) {
    const half = Math.ceil(spans.length / 2);
    packInto(taken, spans.slice(0, half));
    packInto(taken, spans.slice(half));
  } else if (failed)
    taken.unpackable.push({ spans: spans.length, why: `cannot be packed: ${batch.message}` });
  else taken.packed.push(batch);
}

/** The traces that wait, and the batches that were made of them and are not settled yet. */
export class Batches {
  readonly #maxSpans: number;
  #queue: (readonly SpanRecord[])[] = [];
  #queuedSpans = 0;
  #packed: PackedBatch[] = [];
  #packedSpans = 0;

  /** `maxSpans` to a batch. */
  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  get heldSpans(): number {
    this.#releaseSettled();
    return this.#queuedSpans + this.#packedSpans;
  }

  get hasFullBatch(): boolean {
    return this.#queuedSpans >= this.#maxSpans;
  }

  add(trace: readonly SpanRecord[]): void {
    this.#queue.push(trace);
    this.#queuedSpans += trace.length;
  }

  /** Packs what waits: all of it, or as long as batches get full. */
  take(what: 'all' | 'full batches'): Taken {
    const packed: PackedBatch[] = [];
    const unpackable: { spans: number; why: string }[] = [];
    while (this.#queuedSpans > 0 && (what === 'all' || this.hasFullBatch)) {
      packInto({ packed, unpackable }, this.#nextBatch());
    }
    for (const batch of packed) {
      this.#packed.push(batch);
      this.#packedSpans += spanCount(batch);
    }
    return { packed, unpackable };
  }

  /** Batches that were packed and are not settled, oldest first. */
  unsettled(): readonly PackedBatch[] {
    this.#releaseSettled();
    return this.#packed;
  }

  /** Lets go of all that is unsettled, and says how many spans that is. */
  forget(): number {
    const spans = this.heldSpans;
    this.#queue = [];
    this.#packed = [];
    this.#queuedSpans = 0;
    this.#packedSpans = 0;
    return spans;
  }

  /** Whole traces together as far as they fit; a trace larger than a batch is cut. */
  #nextBatch(): readonly SpanRecord[] {
    const batch: SpanRecord[] = [];
    let traces = 0;
    for (const trace of this.#queue) {
      if (batch.length > 0 && batch.length + trace.length > this.#maxSpans) break;
      for (const span of trace) batch.push(span);
      traces++;
      if (batch.length >= this.#maxSpans) break;
    }
    this.#queue.splice(0, traces);
    const rest = batch.splice(this.#maxSpans);
    if (rest.length > 0) this.#queue.unshift(rest);
    this.#queuedSpans -= batch.length;
    return batch;
  }

  #releaseSettled(): void {
    // Batches are settled in about the order they were made: a look at the first one is enough to see whether to go through all.
    const [oldest] = this.#packed;
    if (!oldest || !isSettled(oldest)) return;
    this.#packed = this.#packed.filter((batch) => !isSettled(batch));
    this.#packedSpans = this.#packed.reduce((sum, batch) => sum + spanCount(batch), 0);
  }
}
