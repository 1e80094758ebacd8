import type { Span } from './span.js';

/** Spans that hold their ids in binary give them so. */
export interface BinaryIds {
  /** Writes the trace id into words 0 to 3 and the span id into words 4 and 5. */
  writeIds(words: Uint32Array): void;
}

const SCRATCH = Buffer.alloc(32);

/** Reads hex digits, 8 a word. */
export function wordsFromHex(hex: string, words: Uint32Array, first: number): void {
  for (let at = 0; at * 8 < hex.length; at++) {
    words[first + at] = Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16);
  }
}

/** `count` words as hex digits, 8 a word. */
export function hexFromWords(words: Uint32Array, first: number, count: number): string {
  for (let at = 0; at < count; at++) {
    const word = words[first + at] as number;
    for (let digit = 0; digit < 8; digit++) {
      const nibble = (word >>> (28 - digit * 4)) & 15;
      SCRATCH[at * 8 + digit] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble;
    }
  }
  return SCRATCH.toString('latin1', 0, count * 8);
}

function hasBinaryIds(span: object): span is BinaryIds {
  return 'writeIds' in span;
}

/** The ids of a span in 6 words: the trace's in the first 4. */
export function writeIds(span: Pick<Span, 'traceId' | 'spanId'>, words: Uint32Array): void {
  if (hasBinaryIds(span)) {
    span.writeIds(words);
    return;
  }
  wordsFromHex(span.traceId, words, 0);
  wordsFromHex(span.spanId, words, 4);
}
