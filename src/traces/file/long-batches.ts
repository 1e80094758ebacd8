import { BEGIN, isShortStump } from './damaged-line.js';
import { createLongJson, type LongJson } from './long-json.js';
import { addDamage } from './reading-report.js';
import type { TraceReader } from './trace-reader.js';

/** How many of the last bytes may be the first of a batch. */
function begunAtEnd(bytes: Buffer): number {
  let count = Math.min(BEGIN.length - 1, bytes.length);
  while (!bytes.subarray(bytes.length - count).equals(BEGIN.subarray(0, count))) count--;
  return count;
}

/** Whether a line begins as a batch does, or with what can be left of one; others are of no concern here. */
function beginsAsBatch(line: Buffer): boolean {
  const first = line.indexOf(BEGIN);
  return isShortStump(first === -1 ? line : line.subarray(0, first));
}

/**
 * Reads a line that is too long to be held, or JSON over many lines (`countsLines`), as {@link createLongJson} does. Where a batch begins
 * within another, that was a stump: it is left there, and reading goes on with the batch, as in a line that can be held.
 */
export function createLongBatches(reader: TraceReader, countsLines: boolean): Pick<LongJson, 'push' | 'end'> {
  let json = createLongJson(reader, countsLines);
  let mayHaveStumps: boolean | undefined;
  let hasStump = false;
  let begun: Buffer = Buffer.alloc(0);

  function leaveStump(): void {
    if (!hasStump) addDamage(reader.report, 'a part of it is cut off or damaged');
    json.leave();
    json = createLongJson(reader, countsLines);
    hasStump = true;
  }

  function pushBatches(bytes: Buffer): void {
    let from = 0;
    for (let at = bytes.indexOf(BEGIN); at !== -1; at = bytes.indexOf(BEGIN, at + 1)) {
      json.push(bytes.subarray(from, at));
      from = at;
      if (!json.mayBeginBatch()) leaveStump();
    }
    json.push(bytes.subarray(from));
  }

  return {
    push(piece) {
      const view = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      const bytes = begun.length === 0 ? view : Buffer.concat([begun, view]);
      mayHaveStumps ??= beginsAsBatch(bytes);
      const to = bytes.length - (mayHaveStumps ? begunAtEnd(bytes) : 0);
      if (mayHaveStumps) pushBatches(bytes.subarray(0, to));
      else json.push(bytes.subarray(0, to));
      // The piece is overwritten by the next one.
      begun = Buffer.from(bytes.subarray(to));
    },
    end(hasEnd) {
      json.push(begun);
      if (hasStump) json.leave();
      else json.end(hasEnd);
    },
  };
}
