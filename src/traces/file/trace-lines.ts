import { isBetweenBatches, readDamagedLine } from './damaged-line.js';
import { createLongBatches } from './long-batches.js';
import type { LongJson } from './long-json.js';
import { addDamage, addFault } from './reading-report.js';
import type { TraceReader } from './trace-reader.js';

const NEWLINE = 0x0a;
const OPEN_ARRAY = 0x5b;
const FIRST_BYTES = 1024 * 1024;
/** A line up to this long is held as a whole; a batch of an exporter is some hundred kB. */
const MAX_HELD_LINE_BYTES = 8 * 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** Whether a line is the first of JSON that is set out over many: it ends within an object or array, between its members. */
export function opensDocument(line: Uint8Array): boolean {
  return (
    /^\s*[{[](.*[,[{])?\s*$/s.test(Buffer.from(line.subarray(0, 4096)).toString()) && line.length <= 4096
  );
}

/** Cuts bytes into lines and has each read. Holds one line at a time, and not even that where it is very long. */
export class TraceLines {
  readonly #reader: TraceReader;
  #isStart = true;
  #mayBeDocument = true;
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #filled = 0;
  #long: Pick<LongJson, 'push' | 'end'> | undefined;
  #isDocument = false;

  constructor(reader: TraceReader) {
    this.#reader = reader;
  }

  /**
   * Begins again at the begin of a line. `isStart` says whether that is where the file begins: there can be a byte order mark, or JSON that
   * stands over many lines.
   */
  begin(isStart: boolean): void {
    this.#isStart = isStart;
    this.#mayBeDocument = isStart;
    this.#isDocument = false;
  }

  /** Where the next bytes are to be put; tell `took` how many they were. */
  space(): Uint8Array {
    // One byte stays free, for the 0 behind a last line.
    if (this.#buffer.length - this.#filled < FIRST_BYTES / 4) {
      const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, 0, this.#filled);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#filled, this.#buffer.length - 1);
  }

  /** Reads the lines that ended in the last `count` bytes put into `space`. */
  took(count: number): void {
    const to = this.#filled + count;
    let from = 0;
    let searchedTo = this.#filled;
    while (from < to && !this.#isDocument) {
      const newline = this.#buffer.indexOf(NEWLINE, searchedTo);
      const lineTo = newline === -1 || newline >= to ? to : newline;
      if (this.#long !== undefined) this.#long.push(this.#buffer.subarray(from, lineTo));
      if (lineTo === to) break;
      if (this.#long === undefined) this.#line(from, lineTo, true);
      else this.#endLong(true);
      from = searchedTo = lineTo + 1;
    }
    if (this.#isDocument) this.#long?.push(this.#buffer.subarray(from, to));
    if (this.#long !== undefined) from = to;
    this.#buffer.copyWithin(0, from, to);
    this.#filled = to - from;
    if (this.#filled > MAX_HELD_LINE_BYTES) this.#beginLong();
  }

  /** Reads what is left: a last line without its end. */
  end(): void {
    if (this.#long !== undefined) this.#endLong(false);
    else if (this.#filled > 0) this.#line(0, this.#filled, false);
    this.#filled = 0;
  }

  #beginLong(): void {
    this.#reader.report.lineCount++;
    this.#reader.report.hasContent = true;
    this.#mayBeDocument = false;
    this.#long = createLongBatches(this.#reader, false);
    this.#long.push(this.#buffer.subarray(this.#skipMark(0, this.#filled), this.#filled));
    this.#filled = 0;
  }

  #endLong(hasEnd: boolean): void {
    this.#long?.end(hasEnd);
    this.#long = undefined;
  }

  #skipMark(from: number, to: number): number {
    if (!this.#isStart) return from;
    this.#isStart = false;
    const hasMark = this.#buffer.subarray(from, Math.min(to, from + 3)).equals(BYTE_ORDER_MARK);
    return hasMark ? from + 3 : from;
  }

  #line(lineFrom: number, to: number, hasEnd: boolean): void {
    const { report } = this.#reader;
    const from = this.#skipMark(lineFrom, to);
    const line = this.#buffer.subarray(from, to);
    report.lineCount++;
    if (line.length === 0 || isBlank(line)) return;
    report.hasContent = true;
    const mayBeDocument = this.#mayBeDocument;
    this.#mayBeDocument = false;
    this.#buffer[to] = 0;
    if (this.#reader.read(this.#buffer, from, to)) return;
    if (mayBeDocument && hasEnd && opensDocument(line)) {
      this.#isDocument = true;
      this.#long = createLongBatches(this.#reader, true);
      this.#long.push(Buffer.concat([line, Buffer.from('\n')]));
      return;
    }
    this.#tellRefused(from, to, hasEnd);
  }

  /** Tells of a line that could not be read as a whole, after what there is in it. */
  #tellRefused(from: number, to: number, hasEnd: boolean): void {
    const { report } = this.#reader;
    const line = this.#buffer.subarray(from, to);
    // The end of a list that is laid out over lines.
    if (isBetweenBatches(line) && !line.includes(OPEN_ARRAY)) return;
    const state = readDamagedLine(this.#reader, this.#buffer, from, to);
    if (state === 'whole') return;
    if (!hasEnd && (state === 'unknown' || state.isOnlyAtEnd))
      addFault(report, 'cut off (a file still being written?)');
    else if (state === 'unknown') {
      report.refusedCount++;
      addFault(report, 'no {"resourceSpans":[…]} in JSON');
    } else addDamage(report, state.hasWhole ? 'a part of it is cut off or damaged' : 'cut off or damaged');
  }
}
