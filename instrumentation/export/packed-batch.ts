import { deserialize, serialize } from 'node:v8';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { readSpans } from './span-reader.js';
import type { SpanWriter } from './span-writer.js';
import type { WrittenSpans } from './written-spans.js';

/**
 * Spans on their way out, in memory that both threads see: handing a batch over copies nothing, and the thread that made it still has it
 * should the other one die. A few words (settled, in the trace file, how many spans, how many of them are settled), then the spans, serialized.
 */
export type PackedBatch = SharedArrayBuffer;

const HEADER_BYTES = 16;
const SETTLED_WORD = 0;
const IN_FILE_WORD = 1;
const COUNT_WORD = 2;
const SETTLED_SPANS_WORD = 3;

/** Of the word for the trace file. */
const CLAIMED = 1;
const WRITTEN = 2;

function header(batch: PackedBatch): Int32Array {
  return new Int32Array(batch, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
}

/** Packs what was written. */
export function pack(writer: SpanWriter): PackedBatch {
  const payload = serialize(writer.written());
  const batch = new SharedArrayBuffer(HEADER_BYTES + payload.length);
  new Uint8Array(batch, HEADER_BYTES).set(payload);
  header(batch)[COUNT_WORD] = writer.spans;
  return batch;
}

/** How many spans a batch has. */
export function spanCount(batch: PackedBatch): number {
  return header(batch)[COUNT_WORD] ?? 0;
}

/** Marks a batch as done with, delivered or not: nothing more will be tried. Any thread may ask. */
export function settle(batch: PackedBatch): void {
  Atomics.store(header(batch), SETTLED_WORD, 1);
}

/** Notes that so many spans of a batch are done with, while others are not. */
export function settleSome(batch: PackedBatch, spans: number): void {
  Atomics.add(header(batch), SETTLED_SPANS_WORD, spans);
}

/** Begins anew with a batch: whoever had it before may have settled some. */
export function settleNone(batch: PackedBatch): void {
  Atomics.store(header(batch), SETTLED_SPANS_WORD, 0);
}

/** How many spans `settleSome` was told of; any thread may ask. */
export function settledSpans(batch: PackedBatch): number {
  return Atomics.load(header(batch), SETTLED_SPANS_WORD);
}

/** Asks whether `settle` was called for this batch, in whatever thread; cheap enough to be asked for every span. */
export function settledQuestion(batch: PackedBatch): () => boolean {
  const words = header(batch);
  return () => Atomics.load(words, SETTLED_WORD) === 1;
}

/** Whether `settle` was called for this batch, in whatever thread. */
export function isSettled(batch: PackedBatch): boolean {
  return settledQuestion(batch)();
}

/** True the first time it is asked of a batch, in whatever thread: a batch goes to the trace file once. */
export function claimForFile(batch: PackedBatch): boolean {
  return Atomics.compareExchange(header(batch), IN_FILE_WORD, 0, CLAIMED) === 0;
}

/** Notes that the trace file has a batch. */
export function noteInFile(batch: PackedBatch): void {
  Atomics.store(header(batch), IN_FILE_WORD, WRITTEN);
}

/** Whether the trace file has a batch; any thread may ask. */
export function isInFile(batch: PackedBatch): boolean {
  return Atomics.load(header(batch), IN_FILE_WORD) === WRITTEN;
}

/** What was packed. */
export function writtenIn(batch: PackedBatch): WrittenSpans {
  return deserialize(new Uint8Array(batch, HEADER_BYTES)) as WrittenSpans;
}

/** The spans of a batch, as exporters take them. */
export function unpack(batch: PackedBatch, resource: Resource): ReadableSpan[] {
  return readSpans(writtenIn(batch), resource);
}
