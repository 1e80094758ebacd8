import { endOfValue } from './json-cursor.js';
import type { TraceReader } from './trace-reader.js';

/** How each batch begins that an exporter writes; inside of one it does not stand, since texts have their quotes escaped. */
export const BEGIN = Buffer.from('{"resourceSpans":');

/** A list has brackets around its batches, and commas between them. */
const SEPARATORS = Buffer.from(' \t\r,[]');

/** What a line has lost. */
export interface LineDamage {
  /** Whether all that is lost is the last batch, which may still be being written. */
  readonly isOnlyAtEnd: boolean;
  /** Whether batches of it were read. */
  readonly hasWhole: boolean;
}

/** A line that could not be read at once: nothing of it is lost after all, or it holds nothing that is known. */
type LineState = 'whole' | 'unknown' | LineDamage;

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

/** Whether bytes are none but what stands around the batches of a list that is laid out over lines. */
export function isBetweenBatches(bytes: Uint8Array): boolean {
  return bytes.every((byte) => SEPARATORS.includes(byte));
}

/** Where a piece ends without what may stand between it and the next one. */
function endOfBatch(bytes: Buffer, { from, to }: Piece): number {
  let end = to;
  while (end > from && SEPARATORS.includes(bytes[end - 1] as number)) end--;
  return end;
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

/** Reads what is whole at the begin of a piece, and says whether that is all of it, a part, or nothing; or that it is JSON of another kind. */
function readPiece(
  reader: TraceReader,
  bytes: Buffer,
  piece: Piece,
): 'whole' | 'part' | 'nothing' | 'unknown' {
  const { from } = piece;
  const to = endOfBatch(bytes, piece);
  if (withEnd(bytes, to, () => reader.read(bytes, from, to))) return 'whole';
  const end = withEnd(bytes, to, () => endOfValue(bytes, from));
  if (end === undefined) return 'nothing';
  if (end >= to) return 'unknown';
  return withEnd(bytes, end, () => reader.read(bytes, from, end)) ? 'part' : 'nothing';
}

/**
 * Reads the batches that are whole of a line that is not: a process that dies leaves a stump, and the next one writes on directly behind
 * it. Each piece of the line is gone through by itself. A line is unknown where it does not begin as a batch does, or is JSON of another kind.
 */
export function readDamagedLine(reader: TraceReader, bytes: Buffer, from: number, to: number): LineState {
  const starts = begins(bytes, { from, to });
  const [first] = starts;
  if (first === undefined) return 'unknown';
  const isStump = !isBetweenBatches(bytes.subarray(from, first));
  if (isStump && !isShortStump(bytes.subarray(from, first))) return 'unknown';
  const read = starts.map((start, at) => readPiece(reader, bytes, { from: start, to: starts[at + 1] ?? to }));
  const isHealthy = (pieces: typeof read): boolean =>
    !isStump && pieces.every((piece) => piece === 'whole' || piece === 'unknown');
  if (isHealthy(read)) return read.includes('whole') ? 'whole' : 'unknown';
  return {
    isOnlyAtEnd: isHealthy(read.slice(0, -1)),
    hasWhole: read.some((piece) => piece === 'whole' || piece === 'part'),
  };
}
