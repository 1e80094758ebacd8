import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGzip } from './open-file.js';
import type { ReadingReport } from './reading-report.js';
import type { SpanBatch } from './span-batch.js';
import { TraceLines } from './trace-lines.js';
import { TraceReader } from './trace-reader.js';
import type { WantedSpans } from './wanted-spans.js';

const UNPACKED_CHUNK_BYTES = 256 * 1024;

interface StreamReading {
  readonly label: string;
  readonly input: Readable;
  readonly wanted: WantedSpans;
  readonly onNote: (line: string) => void;
  /** Told how many more bytes have been read, as they are in the stream. */
  readonly onBytes: (count: number) => void;
  /** Told at the end, or at an error, how it went. */
  readonly onReport: (report: ReadingReport) => void;
}

/** The bytes of a stream, unpacked where they begin as gzip does. */
async function* plainBytes({ label, input, onNote, onBytes }: StreamReading): AsyncGenerator<Uint8Array> {
  let total = 0;
  const chunks: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
  async function next(): Promise<Uint8Array | undefined> {
    const { value, done } = await chunks.next();
    if (done) return undefined;
    total += value.length;
    onBytes(value.length);
    return value;
  }
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const chunk = await next();
    if (chunk === undefined) break;
    head = Buffer.concat([head, chunk]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
  }
  if (!isGzip(head)) return yield* all();
  const packed = Readable.from(all(), { objectMode: false });
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  packed.once('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip);
  // What is behind the last member is passed over by zlib without a word.
  for (let chunk = await next(); chunk !== undefined; chunk = await next());
  const rest = total - gunzip.bytesWritten;
  if (rest > 0) onNote(`${label}: ${rest} bytes behind the gzip are no gzip; skipped`);
}

/** Reads what can only be read from its begin to its end. What comes before an error is given. */
export async function* readStream(reading: StreamReading): AsyncGenerator<SpanBatch> {
  const reader = new TraceReader(reading.wanted);
  const lines = new TraceLines(reader);
  let failure: unknown;
  try {
    for await (const chunk of plainBytes(reading)) {
      for (let at = 0; at < chunk.length; ) {
        const space = lines.space();
        const count = Math.min(space.length, chunk.length - at);
        space.set(chunk.subarray(at, at + count));
        lines.took(count);
        at += count;
      }
      const batch = reader.takeBatch(false);
      if (batch !== undefined) yield batch;
    }
    lines.end();
  } catch (error) {
    failure = error;
  }
  const rest = reader.takeBatch(true);
  if (rest !== undefined) yield rest;
  reading.onReport(reader.takeReport());
  if (failure !== undefined) throw failure;
}
