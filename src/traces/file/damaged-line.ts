import { JsonCursor, NOT_TAKEN } from './json-cursor.js';
import type { TraceReader } from './trace-reader.js';

/** How each batch begins that an exporter writes; inside of one it does not stand, since texts have their quotes escaped. */
export const BEGIN = Buffer.from('{"resourceSpans":');

/** What a line has lost. */
export interface LineDamage {
  /** Whether all that is lost is the last batch, which may still be being written. */
  readonly isOnlyAtEnd: boolean;
  /** Whether batches of it were read. */
  readonly hasWhole: boolean;
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

/** The places at which batches begin. */
function begins(bytes: Buffer, { from, to }: Piece): number[] {
  const line = bytes.subarray(from, to);
  const found: number[] = [];
  for (let at = line.indexOf(BEGIN); at !== -1; at = line.indexOf(BEGIN, at + BEGIN.length))
    found.push(from + at);
  return found;
}

/** Whether bytes can be all that was left of a batch before the next one, if anything: its first few, behind zeros after a crash. */
export function isShortStump(bytes: Buffer): boolean {
  const from = bytes.findIndex((byte) => byte !== 0 && byte !== 0x20);
  return from === -1 || BEGIN.subarray(0, bytes.length - from).equals(bytes.subarray(from));
}

/** Where the JSON ends that begins a piece, after which a byte 0 stands; undefined where it is none. */
function endOfJson(bytes: Buffer, { from, to }: Piece): number | undefined {
  const cursor = new JsonCursor();
  cursor.bytes = bytes;
  cursor.at = from;
  try {
    cursor.skipValue();
  } catch (error) {
    if (error !== NOT_TAKEN) throw error;
    return undefined;
  }
  return Math.min(cursor.at, to);
}

/** Has a piece read, with a byte 0 behind it while that lasts. */
function withEnd<T>(bytes: Buffer, to: number, read: () => T): T {
  const behind = bytes[to] as number;
  bytes[to] = 0;
  try {
    return read();
  } finally {
    bytes[to] = behind;
  }
}

/** Reads what is whole at the begin of a piece, and says whether that is all of it, a part, or nothing. */
function readPiece(reader: TraceReader, bytes: Buffer, piece: Piece): 'all' | 'part' | 'nothing' {
  const { from, to } = piece;
  if (withEnd(bytes, to, () => reader.read(bytes, from, to))) return 'all';
  const end = withEnd(bytes, to, () => endOfJson(bytes, piece));
  if (end === undefined) return 'nothing';
  // JSON of another kind is no damage.
  if (bytes.subarray(end, to).every((byte) => byte === 0x20 || byte === 0x0d)) return 'all';
  return withEnd(bytes, end, () => reader.read(bytes, from, end)) ? 'part' : 'nothing';
}

/**
 * Reads the batches that are whole of a line that is not: a process that dies leaves a stump, and the next one writes on directly behind
 * it. Each piece of the line is gone through by itself. Undefined where the line does not begin as a batch does, or is JSON of another kind.
 */
export function readDamagedLine(
  reader: TraceReader,
  bytes: Buffer,
  from: number,
  to: number,
): LineDamage | undefined {
  const starts = begins(bytes, { from, to });
  const [first] = starts;
  if (first === undefined || !isShortStump(bytes.subarray(from, first))) return undefined;
  const read = starts.map((start, at) => readPiece(reader, bytes, { from: start, to: starts[at + 1] ?? to }));
  const isStump = first > from;
  if (!isStump && read.every((piece) => piece === 'all')) return undefined;
  return {
    isOnlyAtEnd: !isStump && read.slice(0, -1).every((piece) => piece === 'all'),
    hasWhole: read.some((piece) => piece !== 'nothing'),
  };
}
