import { isInFile, type PackedBatch, pack, settle, settledQuestion, settledSpans } from './packed-batch.js';
import type { SpanRecord } from './span-record.js';
import { SpanWriter } from './span-writer.js';

/** A batch that was packed, and what would cost something to read out of it again and again. */
interface Packed {
  readonly batch: PackedBatch;
  readonly spans: number;
  readonly isSettled: () => boolean;
}

/** A batch whose request would be larger is cut: the collector has to take it in one, and 20 MB is what many take at most. */
const MAX_REQUEST_BYTES = 8 * 1024 * 1024;

/**
 * The batch that is being filled, the full ones, and those that were taken and are not settled yet. Spans are written as soon as they come:
 * they are garbage then, which is cheap for the host as long as it is young.
 */
export class Batches {
  readonly #maxSpans: number;
  readonly #writer = new SpanWriter();
  #full: Packed[] = [];
  /** All that was packed and is not settled, oldest first. */
  #packed: Packed[] = [];
  #packedSpans = 0;
  #packedBytes = 0;

  /** `maxSpans` to a batch, but for a trace that has more: it is a batch of its own. */
  constructor(maxSpans: number) {
    this.#maxSpans = maxSpans;
  }

  get heldSpans(): number {
    this.#releaseSettled();
    return this.#writer.spans + this.#packedSpans;
  }

  /** The bytes of what was packed and is not settled. */
  get heldBytes(): number {
    return this.#packedBytes;
  }

  get hasFullBatch(): boolean {
    return this.#full.length > 0;
  }

  /**
   * Takes a trace. It is not cut, unless its request would be larger than 8 MB by itself. Throws, and takes nothing of the batch that is
   * being filled away, when a span is not what it should be.
   */
  add(trace: readonly SpanRecord[]): void {
    if (this.#writer.spans + trace.length > this.#maxSpans) this.#pack();
    const before = this.#writer.mark();
    try {
      for (const span of trace) this.#writer.write(span);
    } catch (error) {
      this.#writer.rewind(before);
      throw error;
    }
    if (this.#writer.requestBytes > MAX_REQUEST_BYTES) {
      this.#writer.rewind(before);
      this.#pack();
      this.#addCut(trace);
    }
    if (this.#writer.spans >= this.#maxSpans) this.#pack();
  }

  /** In a batch of its own as far as it fits, or else in several. */
  #addCut(trace: readonly SpanRecord[]): void {
    for (const span of trace) {
      const before = this.#writer.mark();
      this.#writer.write(span);
      if (this.#writer.requestBytes <= MAX_REQUEST_BYTES || before.spans === 0) continue;
      this.#writer.rewind(before);
      this.#pack();
      this.#writer.write(span);
    }
  }

  /** The full batches, or all that is there. */
  take(what: 'all' | 'full batches'): readonly PackedBatch[] {
    if (what === 'all') this.#pack();
    const taken = this.#full;
    this.#full = [];
    return taken.map(({ batch }) => batch);
  }

  /** Batches that were packed and are not settled, oldest first; `take` will not give them again. */
  unsettled(): readonly PackedBatch[] {
    this.#full = [];
    this.#releaseSettled();
    return this.#packed.map(({ batch }) => batch);
  }

  /** Gives up all that is unsettled, and says how many spans that is, and how many of them the trace file has. */
  forget(): { readonly spans: number; readonly inFile: number } {
    let spans = this.heldSpans;
    let inFile = 0;
    for (const { batch, spans: all } of this.#packed) {
      // What was told of part by part is not lost, or is told as lost already.
      const settled = settledSpans(batch);
      spans -= settled;
      if (isInFile(batch)) inFile += all - settled;
    }
    // What is told as lost is not to arrive all the same.
    for (const { batch } of this.#packed) settle(batch);
    this.#writer.clear();
    this.#full = [];
    this.#packed = [];
    this.#packedSpans = 0;
    this.#packedBytes = 0;
    return { spans, inFile };
  }

  #pack(): void {
    const writer = this.#writer;
    if (writer.spans === 0) return;
    const { spans } = writer;
    let batch: PackedBatch;
    try {
      batch = pack(writer);
    } finally {
      writer.clear();
    }
    const packed = { batch, spans, isSettled: settledQuestion(batch) };
    this.#full.push(packed);
    this.#packed.push(packed);
    this.#packedSpans += packed.spans;
    this.#packedBytes += batch.byteLength;
  }

  #releaseSettled(): void {
    // Batches are settled in about the order they were made: a look at the first one is enough to see whether to go through all.
    if (!this.#packed[0]?.isSettled()) return;
    this.#packed = this.#packed.filter(({ isSettled }) => !isSettled());
    this.#packedSpans = this.#packed.reduce((sum, { spans }) => sum + spans, 0);
    this.#packedBytes = this.#packed.reduce((sum, { batch }) => sum + batch.byteLength, 0);
  }
}
