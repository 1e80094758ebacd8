import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGzip } from './open-file.js';
import type { ReadingReport } from './reading-report.js';
import type { SpanBatch } from './span-batch.js';
import { TraceLines } from './trace-lines.js';
import { TraceReader } from './trace-reader.js';
import type { WantedSpans } from './wanted-spans.js';

const UNPACKED_CHUNK_BYTES = 256 * 1024;
/** Where gzip is damaged the piece that it is found in is lost: so they are small. */
const PIECE_BYTES = 16 * 1024;

interface StreamReading {
  readonly input: Readable;
  readonly wanted: WantedSpans;
  /** Told how many more bytes have been read, as they are in the stream. */
  readonly onBytes: (count: number) => void;
  /** Told at the end, or at an error, how it went. */
  readonly onReport: (report: ReadingReport) => void;
}

/** The bytes of a stream, unpacked where they begin as gzip does. */
async function* plainBytes({ input, onBytes }: StreamReading): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    for (let chunk: Uint8Array = head; ; ) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) yield chunk.subarray(at, at + PIECE_BYTES);
      onBytes(chunk.length);
      const { value, done } = await chunks.next();
      if (done) return;
      chunk = value;
    }
  }
  if (!isGzip(head)) return yield* all();
  const packed = Readable.from(all(), { objectMode: false });
  const gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  packed.once('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip);
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
