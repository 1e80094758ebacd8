import { closeSync, createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { RangeReader } from './file-range.js';
import { readInParallel } from './file-workers.js';
import { openTraceFile, type SeekableFile, unreadable } from './open-file.js';
import { readStream } from './read-stream.js';
import type { ReadingReport } from './reading-report.js';
import type { SpanBatch } from './span-batch.js';
import { TraceReader } from './trace-reader.js';
import type { WantedSpans } from './wanted-spans.js';

/** One reading of a file. */
export interface FilePass {
  /** `-` for the standard input. */
  readonly path: string;
  readonly label: string;
  readonly wanted: WantedSpans;
  /** Told how many more bytes have been read, and how many there are. */
  readonly onBytes: (count: number, total: number | undefined) => void;
  /** Told at the end, or at an error, how it went. */
  readonly onReport: (report: ReadingReport) => void;
  /** Files of at least so many bytes are read on two cores. */
  readonly parallelFromBytes: number;
  readonly rangeBytes: number;
}

async function* readWhole(fd: number, bytes: number, pass: FilePass): AsyncGenerator<SpanBatch> {
  const reader = new TraceReader(pass.wanted);
  yield* new RangeReader(fd, bytes, reader).read({ from: 0, to: bytes }, (count) =>
    pass.onBytes(count, bytes),
  );
  const rest = reader.takeBatch(true);
  if (rest !== undefined) yield rest;
  pass.onReport(reader.takeReport());
}

async function* readInput(
  input: Readable,
  bytes: number | undefined,
  pass: FilePass,
): AsyncGenerator<SpanBatch> {
  const { wanted, onReport } = pass;
  try {
    const onBytes = (count: number): void => pass.onBytes(count, bytes);
    yield* readStream({ input, wanted, onBytes, onReport });
  } finally {
    input.destroy();
  }
}

async function* readSeekable(file: SeekableFile, pass: FilePass): AsyncGenerator<SpanBatch> {
  const { path, wanted, onReport, rangeBytes } = pass;
  const { fd, bytes: fileBytes, isDocument } = file;
  try {
    if (isDocument || fileBytes < pass.parallelFromBytes) yield* readWhole(fd, fileBytes, pass);
    else {
      const onBytes = (count: number): void => pass.onBytes(count, fileBytes);
      yield* readInParallel({ path, fileBytes, rangeBytes, wanted, onBytes, onReport });
    }
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads a file once, and gives what is wanted of it.
 * @throws SourceError where it cannot be read, or not to its end; what came before stays valid.
 */
export async function* readFile(pass: FilePass): AsyncGenerator<SpanBatch> {
  const { path, label } = pass;
  try {
    if (path === '-') {
      yield* readInput(process.stdin, undefined, pass);
      return;
    }
    const file = await openTraceFile(path);
    if (file.kind === 'seekable') yield* readSeekable(file, pass);
    else {
      const input = createReadStream(path, { fd: file.fd, highWaterMark: 256 * 1024 });
      yield* readInput(input, file.bytes, pass);
    }
  } catch (error) {
    throw unreadable(label, error);
  }
}
