import { readSync } from 'node:fs';
import type { SpanBatch } from './span-batch.js';
import { TraceLines } from './trace-lines.js';
import type { TraceReader } from './trace-reader.js';

const NEWLINE = 0x0a;
const SEARCH_BYTES = 64 * 1024;

export interface FileRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges of a file, in which together every line begins once. */
export function rangeOf(index: number, rangeBytes: number, fileBytes: number): FileRange | undefined {
  const from = index * rangeBytes;
  return from < fileBytes ? { from, to: Math.min(from + rangeBytes, fileBytes) } : undefined;
}

/** Where the first line begins whose predecessor ends at or after `from`, looking no further than `limit`; undefined where none does. */
function nextLine(fd: number, from: number, limit: number): number | undefined {
  const bytes = Buffer.allocUnsafe(SEARCH_BYTES);
  for (let at = from; at < limit; ) {
    const count = readSync(fd, bytes, 0, Math.min(SEARCH_BYTES, limit - at), at);
    if (count === 0) return undefined;
    const newline = bytes.subarray(0, count).indexOf(NEWLINE);
    if (newline !== -1) return at + newline + 1;
    at += count;
  }
  return undefined;
}

/** Reads the lines that begin in a range of a file. */
export class RangeReader {
  readonly #fd: number;
  readonly #fileBytes: number;
  readonly #reader: TraceReader;
  readonly #lines: TraceLines;

  constructor(fd: number, fileBytes: number, reader: TraceReader) {
    this.#fd = fd;
    this.#fileBytes = fileBytes;
    this.#reader = reader;
    this.#lines = new TraceLines(reader);
  }

  /** Gives batches as they become full; the last spans stay in the reader. `onBytes` is told how many more bytes have been read. */
  *read({ from, to }: FileRange, onBytes?: (count: number) => void): Generator<SpanBatch> {
    // A line that begins before the range is another's, be it longer than the range: no further search then.
    let at = from === 0 ? 0 : nextLine(this.#fd, from - 1, to - 1);
    if (at === undefined) return;
    const end =
      to === this.#fileBytes ? to : (nextLine(this.#fd, to - 1, this.#fileBytes) ?? this.#fileBytes);
    const lines = this.#lines;
    lines.begin(at === 0);
    while (at < end) {
      const space = lines.space();
      const count = readSync(this.#fd, space, 0, Math.min(space.length, end - at), at);
      if (count === 0) break;
      at += count;
      lines.took(count);
      onBytes?.(count);
      const batch = this.#reader.takeBatch(false);
      if (batch !== undefined) yield batch;
    }
    lines.end();
  }
}
