import { type PackedBatch, pack, requestBytes, settledQuestion } from './packed-batch.js';
import type { SpanRecord } from './span-record.js';

/** What `take` makes of the queue. */
interface Taken {
  readonly packed: Packed[];
  /** Spans that cannot be handed to another thread. */
  readonly unpackable: { readonly spans: number; readonly why: string }[];
}

/** A batch that was packed, and what would cost something to read out of it again and again. */
interface Packed {
  readonly batch: PackedBatch;
  readonly spans: number;
  readonly isSettled: () => boolean;
}

type Trace = readonly SpanRecord[];

/**
 * A batch whose request would be larger is halved: the collector has to take it in one, and 20 MB is what many take at most. Cut between
 * traces as far as it has more than one.
 */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

function tryPack(spans: Trace): PackedBatch | Error {
  try {
    return pack(spans);
  } catch (error) {
    return error as Error;
  }
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  const half = Math.ceil(items.length / 2);
  return [items.slice(0, half), items.slice(half)];
}

/** A trace that cannot be packed, or a huge one, does not take the others with it: its batch is halved until it is alone. */
function packInto(taken: Taken, traces: readonly Trace[]): void {
  const spans = traces.length === 1 && traces[0] ? traces[0] : traces.flat();
  const batch = tryPack(spans);
  const failed = batch instanceof Error;
  const isTooLarge = !failed && requestBytes(batch) > MAX_REQUEST_BYTES;
  if ((failed || isTooLarge) && traces.length > 1) {
    for (const half of halves(traces)) packInto(taken, half);
  } else if (isTooLarge && spans.length > 1) {
    for (const half of halves(spans)) packInto(taken, [half]);
  } else if (failed)
    taken.unpackable.push({ spans: spans.length, why: `cannot be packed: ${batch.message}` });
  else taken.packed.push({ batch, spans: spans.length, isSettled: settledQuestion(batch) });
}

/** The traces that wait, and the batches that were made of them and are not settled yet. */
export class Batches {
  readonly #maxSpans: number;
  #queue: Trace[] = [];
  #queuedSpans = 0;
  #packed: Packed[] = [];
  #packedSpans = 0;

  /** `maxSpans` to a batch, but for a trace that has more: it is a batch of its own. */
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

  add(trace: Trace): void {
    this.#queue.push(trace);
    this.#queuedSpans += trace.length;
  }

  /** Packs what waits: all of it, or as long as batches get full. */
  take(what: 'all' | 'full batches'): { packed: PackedBatch[]; unpackable: Taken['unpackable'] } {
    const packed: Packed[] = [];
    const unpackable: { spans: number; why: string }[] = [];
    while (this.#queuedSpans > 0 && (what === 'all' || this.hasFullBatch)) {
      packInto({ packed, unpackable }, this.#nextTraces());
    }
    for (const one of packed) {
      this.#packed.push(one);
      this.#packedSpans += one.spans;
    }
    return { packed: packed.map(({ batch }) => batch), unpackable };
  }

  /** Batches that were packed and are not settled, oldest first. */
  unsettled(): readonly PackedBatch[] {
    this.#releaseSettled();
    return this.#packed.map(({ batch }) => batch);
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

  /** Whole traces together as far as they fit. */
  #nextTraces(): readonly Trace[] {
    let spans = 0;
    let traces = 0;
    for (const trace of this.#queue) {
      if (spans > 0 && spans + trace.length > this.#maxSpans) break;
      spans += trace.length;
      traces++;
    }
    this.#queuedSpans -= spans;
    return this.#queue.splice(0, traces);
  }

  #releaseSettled(): void {
    // Batches are settled in about the order they were made: a look at the first one is enough to see whether to go through all.
    if (!this.#packed[0]?.isSettled()) return;
    this.#packed = this.#packed.filter(({ isSettled }) => !isSettled());
    this.#packedSpans = this.#packed.reduce((sum, { spans }) => sum + spans, 0);
  }
}
