import type { IdSet } from '../id-set.js';
import { endOfValue } from './json-cursor.js';

const KEY = Buffer.from('"traceId"');
const BEGIN = Buffer.from('{"resourceSpans":');
/** How a batch ends as exporters write it: the lists of spans, of scopes and of resources. */
const END = Buffer.from(']}]}]}');
const QUOTE = 0x22;
const COLON = 0x3a;
const CLOSING_BRACE = 0x7d;
const DIGITS = 32;

/** The value of each byte as a hex digit, or 255. */
const HEX = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16);
  HEX[text.charCodeAt(0)] = digit;
  HEX[text.toUpperCase().charCodeAt(0)] = digit;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** Reads a string of 32 hex digits into 4 words; false where there is none. */
function readWords(bytes: Uint8Array, at: number, words: Uint32Array): boolean {
  if (bytes[at] !== QUOTE || bytes[at + 1 + DIGITS] !== QUOTE) return false;
  let wrong = 0;
  for (let word = 0; word < 4; word++) {
    let value = 0;
    for (let digit = 1; digit <= 8; digit++) {
      const half = HEX[bytes[at + word * 8 + digit] as number] as number;
      wrong |= half & 0xf0;
      value = (value << 4) | half;
    }
    words[word] = value;
  }
  return wrong === 0;
}

/**
 * Tells the lines that can be passed over where only some traces are wanted: those that have trace ids, all of them in hex, and none that is
 * wanted. Of any other line, also one that is cut off, it says that it may have some. A byte 0 stands after the line.
 */
export function createMentionTest(traceIds: IdSet) {
  const words = new Uint32Array(4);
  return (bytes: Uint8Array, from: number, to: number): boolean => {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    // Where a second batch begins, the first may be a stump.
    if (
      line[line.length - 1] !== CLOSING_BRACE ||
      line.compare(BEGIN, 0, BEGIN.length, 0, BEGIN.length) !== 0 ||
      line.indexOf(BEGIN, 1) !== -1
    )
      return true;
    let idCount = 0;
    for (let key = line.indexOf(KEY); key !== -1; key = line.indexOf(KEY, key + KEY.length)) {
      const colon = skipSpace(line, key + KEY.length);
      if (line[colon] !== COLON) return true;
      if (!readWords(line, skipSpace(line, colon + 1), words) || traceIds.has(words)) return true;
      idCount++;
    }
    if (idCount === 0) return true;
    // A line can be cut off behind any brace; one that ends as a batch does need not be gone through.
    return !line.subarray(-END.length).equals(END) && endOfValue(bytes, from) !== to;
  };
}
