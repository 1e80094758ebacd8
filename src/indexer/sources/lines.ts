/** Longest line that is kept whole, in bytes. */
export const LONGEST_LINE_BYTES = 32 * 1024 * 1024;

const NEWLINE = 0x0a;
const KEPT_OF_A_TOO_LONG_LINE_BYTES = 64 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end (LF or CRLF), and without a byte order mark on the first. */
  readonly text: string;
  /** Longer than `LONGEST_LINE_BYTES`: `text` is only its beginning. */
  readonly isTooLong: boolean;
  /** Bytes up to the end of this line. */
  readonly endsAtByte: number;
}

/** Joins the pieces of one line, and keeps no more of it than a line may have. */
class LineBuffer {
  private pieces: Uint8Array[] = [];
  private heldBytes = 0;
  private isTooLong = false;

  get isEmpty(): boolean {
    return this.heldBytes === 0 && !this.isTooLong;
  }

  add(piece: Uint8Array): void {
    if (this.isTooLong || piece.length === 0) return;
    this.pieces.push(piece);
    this.heldBytes += piece.length;
    if (this.heldBytes <= LONGEST_LINE_BYTES) return;
    this.pieces = [Buffer.concat(this.pieces).subarray(0, KEPT_OF_A_TOO_LONG_LINE_BYTES)];
    this.heldBytes = KEPT_OF_A_TOO_LONG_LINE_BYTES;
    this.isTooLong = true;
  }

  take(): { text: string; isTooLong: boolean } {
    const text = Buffer.concat(this.pieces).toString('utf8');
    const { isTooLong } = this;
    this.pieces = [];
    this.heldBytes = 0;
    this.isTooLong = false;
    return { text, isTooLong };
  }
}

/**
 * Splits bytes into lines at LF and CRLF only: JSON may hold every other line separator of Unicode. One array for each chunk that ended
 * a line, so that lines of a slow pipe are not waited for; a last line without an end counts too. Blank lines are left out, and numbered.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line[]> {
  const buffer = new LineBuffer();
  let number = 0;
  let endsAtByte = 0;
  const finish = (into: Line[]): void => {
    number++;
    const { text, isTooLong } = buffer.take();
    const line = (number === 1 ? text.replace(/^\uFEFF/, '') : text).replace(/\r$/, '');
    if (line.trim() !== '') into.push({ number, text: line, isTooLong, endsAtByte });
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      buffer.add(chunk.subarray(from, at));
      endsAtByte += at + 1 - from;
      finish(lines);
      from = at + 1;
    }
    buffer.add(chunk.subarray(from));
    endsAtByte += chunk.length - from;
    if (lines.length > 0) yield lines;
  }
  const last: Line[] = [];
  if (!buffer.isEmpty) finish(last);
  if (last.length > 0) yield last;
}
