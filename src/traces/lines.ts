/** One line of a stream of bytes. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Without its end; undefined where the line is longer than what is allowed. */
  readonly text: string | undefined;
  /** False for a last line that has no end: it may still be being written. */
  readonly ended: boolean;
}

const NEWLINE = 0x0a;

/** Splits bytes into lines, holding one line at a time. A line of more than `maxLineBytes` is passed over, not held. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let byteCount = 0;
  let number = 1;
  const add = (piece: Uint8Array): void => {
    byteCount += piece.length;
    if (byteCount <= maxLineBytes) pieces.push(piece);
    else pieces = [];
  };
  const take = (ended: boolean): Line => {
    const text = byteCount > maxLineBytes ? undefined : Buffer.concat(pieces).toString('utf8');
    pieces = [];
    byteCount = 0;
    return { number: number++, text, ended };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, at));
      from = at + 1;
      yield take(true);
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (byteCount > 0) yield take(false);
}
