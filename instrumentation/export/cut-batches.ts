import { emptyResource } from '@opentelemetry/resources';
import { nowMs } from '../now-ms.js';
import {
  isInFile,
  isSettled,
  type PackedBatch,
  pack,
  settle,
  settleSome,
  spanCount,
  unpack,
} from './packed-batch.js';
import { SpanWriter } from './span-writer.js';

/** A batch that was cut, and how many parts of it are not settled. */
interface Whole {
  readonly batch: PackedBatch;
  open: number;
}

/** What is packed in less makes so small a request that its size cannot be what a collector minds. */
const LEAST_CUT_BYTES = 8 * 1024;
/** What was too large is tried again after a while: the collector may have changed. */
const KNOWN_FOR_MS = 600_000;

/** Knows what is too large for the collector, which takes it in parts: a batch that was cut is settled with the last of them. */
export class CutBatches {
  readonly #wholeOf = new WeakMap<PackedBatch, Whole>();
  /** As it is packed: what is as large is cut before it is sent. */
  #tooLargeBytes = Number.POSITIVE_INFINITY;
  #knownUntilMs = 0;

  /** Notes that the collector refused a batch, or a part, for its size; false where that cannot be cut. */
  refused(batch: PackedBatch): boolean {
    if (spanCount(batch) < 2 || batch.byteLength < LEAST_CUT_BYTES) return false;
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, batch.byteLength);
    this.#knownUntilMs = nowMs() + KNOWN_FOR_MS;
    return true;
  }

  /** What is to be sent of a batch, or of a part: itself, or parts of it, cut between two traces where that can be. */
  toSend(batch: PackedBatch): readonly PackedBatch[] {
    if (batch.byteLength < this.#tooLargeBytes || spanCount(batch) < 2) return [batch];
    if (nowMs() > this.#knownUntilMs) {
      this.#tooLargeBytes = Number.POSITIVE_INFINITY;
      return [batch];
    }
    const halves = halvesOf(batch);
    const whole = this.#wholeOf.get(batch) ?? { batch, open: 1 };
    whole.open += halves.length - 1;
    for (const half of halves) this.#wholeOf.set(half, whole);
    return halves.flatMap((half) => this.toSend(half));
  }

  settle(batch: PackedBatch): void {
    const whole = this.#wholeOf.get(batch);
    settle(batch);
    if (!whole) return;
    settleSome(whole.batch, spanCount(batch));
    if (--whole.open === 0) settle(whole.batch);
  }

  /** Whether it is settled, or whoever handed the whole over has given that up. */
  isSettled(batch: PackedBatch): boolean {
    return isSettled(this.#whole(batch)) || isSettled(batch);
  }

  isInFile(batch: PackedBatch): boolean {
    return isInFile(this.#whole(batch));
  }

  #whole(batch: PackedBatch): PackedBatch {
    return this.#wholeOf.get(batch)?.batch ?? batch;
  }
}

function halvesOf(batch: PackedBatch): readonly PackedBatch[] {
  const spans = unpack(batch, emptyResource());
  const at = cutNearTheMiddle(spans.map((span) => span.spanContext().traceId));
  return [spans.slice(0, at), spans.slice(at)].map((half) => {
    const writer = new SpanWriter();
    for (const span of half) writer.write(span);
    return pack(writer);
  });
}

/** Where to cut: between two traces, as near to the middle as can be, or in the middle of the only one. */
function cutNearTheMiddle(traceIds: readonly string[]): number {
  const middle = traceIds.length >> 1;
  for (let off = 0; off < middle; off++) {
    for (const at of [middle - off, middle + off]) if (traceIds[at] !== traceIds[at - 1]) return at;
  }
  return middle;
}
