import { JsonCursor } from './json-cursor.js';
import { ScannedSpan } from './scanned-span.js';

const QUOTE = 0x22;
const ZERO = 0x30;
const NANOS_DIGITS = 9;
/** Above this a difference in ns is not exact. */
const MAX_SECONDS_APART = 9_000_000;

const [TRACE_ID, SPAN_ID, PARENT_SPAN_ID, NAME, KIND, START, END, ATTRIBUTES, STATUS] = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'status',
].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
const [KEY, VALUE, CODE] = ['key', 'value', 'code'].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer];

/** What was met in a span, a bit each, so that nothing is met twice. */
const MET = { traceId: 1, spanId: 2, parent: 4, name: 8, kind: 16, start: 32, end: 64, attributes: 128, status: 256 };
const NEEDED = MET.traceId | MET.spanId | MET.name | MET.start | MET.end;

/** Value of a hex digit; 16 for what is none. */
const NIBBLES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const nibble = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(nibble) ? 16 : nibble;
});

/**
 * Reads spans of OTLP JSON out of bytes, as exporters write them: in any order of keys, but with hex ids, times as strings and kinds as numbers.
 * What is written otherwise is left to `readOtlpSpan`.
 */
export class SpanScanner {
  readonly cursor: JsonCursor;
  readonly span: ScannedSpan;
  readonly #wanted: readonly Uint8Array[];
  #isPlain = true;
  #seconds = 0;
  #nanos = 0;
  #startSeconds = 0;
  #startNanos = 0;

  constructor(cursor: JsonCursor, names: readonly string[]) {
    this.cursor = cursor;
    this.span = new ScannedSpan(names);
    this.#wanted = names.map((name) => Buffer.from(JSON.stringify(name).slice(1, -1)));
  }

  /**
   * Passes the object at the cursor, and puts what it holds into `span`. False where it is not as exporters write it; only where it begins
   * and ends is valid then. Throws NOT_TAKEN where it is not JSON.
   */
  scan(): boolean {
    const { cursor, span } = this;
    span.bytes = cursor.bytes;
    span.from = cursor.at;
    span.kindNumber = span.statusNumber = 0;
    span.ids[6] = span.ids[7] = 0;
    span.valueAt.fill(0);
    this.#isPlain = cursor.enterObject();
    if (!this.#isPlain) {
      cursor.skipValue();
      span.to = cursor.at;
      return false;
    }
    let met = 0;
    cursor.sawEscape = false;
    for (let isFirst = true; cursor.nextMember(isFirst); isFirst = false) {
      if (cursor.sawEscape) this.#isPlain = false;
      const bit = this.#member();
      if ((met & bit) !== 0) this.#isPlain = false;
      met |= bit;
      cursor.sawEscape = false;
    }
    span.to = cursor.at;
    return this.#isPlain && (met & NEEDED) === NEEDED && this.#setTimes();
  }

  #member(): number {
    const { cursor } = this;
    switch (cursor.keyTo - cursor.keyFrom) {
      case 4:
        if (cursor.isKey(NAME)) return this.#name();
        if (cursor.isKey(KIND)) return this.#kind();
        break;
      case 6:
        if (cursor.isKey(SPAN_ID)) return this.#id(4, 2, MET.spanId);
        if (cursor.isKey(STATUS)) return this.#status();
        break;
      case 7:
        if (cursor.isKey(TRACE_ID)) return this.#id(0, 4, MET.traceId);
        break;
      case 10:
        if (cursor.isKey(ATTRIBUTES)) return this.#attributes();
        break;
      case 12:
        if (cursor.isKey(PARENT_SPAN_ID)) return this.#id(6, 2, MET.parent);
        break;
      case 15:
        if (cursor.isKey(END)) return this.#time(MET.end);
        break;
      case 17:
        if (cursor.isKey(START)) return this.#time(MET.start);
        break;
    }
    cursor.skipValue();
    return 0;
  }

  #id(first: number, wordCount: number, bit: number): number {
    const { cursor, span } = this;
    const { bytes, at } = cursor;
    let all = 0;
    let digitAt = at + 1;
    let bad = bytes[at] === QUOTE ? 0 : 16;
    for (let word = 0; word < wordCount; word++) {
      let value = 0;
      for (let digit = 0; digit < 8; digit++) {
        const nibble = NIBBLES[bytes[digitAt++] as number] as number;
        bad |= nibble;
        value = (value << 4) | (nibble & 15);
        // Bytes after the end of a short id are not its own.
        if (bad > 15) break;
      }
      if (bad > 15) break;
      span.ids[first + word] = value;
      all |= value;
    }
    if (bad > 15 || bytes[digitAt] !== QUOTE || all === 0) {
      const isNoParent = bit === MET.parent && bytes[at] === QUOTE && bytes[at + 1] === QUOTE;
      if (!isNoParent) this.#isPlain = false;
      span.ids[6] = span.ids[7] = 0;
      cursor.skipValue();
    } else cursor.at = digitAt + 1;
    return bit;
  }

  #name(): number {
    const { cursor, span } = this;
    if (cursor.bytes[cursor.at] !== QUOTE) this.#isPlain = false;
    span.nameFrom = cursor.at + 1;
    cursor.skipValue();
    span.nameTo = cursor.at - 1;
    return MET.name;
  }

  /** A single digit: what is longer is not plain. */
  #digit(): number {
    const { cursor } = this;
    const from = cursor.at;
    cursor.skipValue();
    const digit = (cursor.bytes[from] as number) - ZERO;
    if (cursor.at - from === 1 && digit >= 0 && digit <= 9) return digit;
    this.#isPlain = false;
    return 0;
  }

  #kind(): number {
    this.span.kindNumber = this.#digit();
    return MET.kind;
  }

  #status(): number {
    const { cursor } = this;
    if (!cursor.enterObject()) {
      this.#isPlain = false;
      cursor.skipValue();
      return MET.status;
    }
    let hasCode = false;
    cursor.sawEscape = false;
    for (let isFirst = true; cursor.nextMember(isFirst); isFirst = false) {
      if (cursor.sawEscape) this.#isPlain = false;
      if (cursor.isKey(CODE)) {
        if (hasCode) this.#isPlain = false;
        hasCode = true;
        this.span.statusNumber = this.#digit();
      } else cursor.skipValue();
      cursor.sawEscape = false;
    }
    return MET.status;
  }

  /** Nanoseconds since 1970 in a string of digits, cut into seconds and the rest: a number would not hold them. */
  #time(bit: number): number {
    const { cursor } = this;
    const { bytes, at } = cursor;
    let seconds = 0;
    let nanos = 0;
    cursor.skipValue();
    const to = cursor.at - 1;
    const secondsTo = to - NANOS_DIGITS;
    if (bytes[at] !== QUOTE || secondsTo <= at + 1 || to - at > 20) this.#isPlain = false;
    for (let digitAt = at + 1; digitAt < to; digitAt++) {
      const digit = (bytes[digitAt] as number) - ZERO;
      if (digit < 0 || digit > 9) this.#isPlain = false;
      if (digitAt < secondsTo) seconds = seconds * 10 + digit;
      else nanos = nanos * 10 + digit;
    }
    if (bit === MET.start) {
      this.#startSeconds = seconds;
      this.#startNanos = nanos;
    } else {
      this.#seconds = seconds;
      this.#nanos = nanos;
    }
    return bit;
  }

  #setTimes(): boolean {
    const secondsApart = this.#seconds - this.#startSeconds;
    if (secondsApart > MAX_SECONDS_APART) return false;
    const nanosApart = secondsApart * 1e9 + this.#nanos - this.#startNanos;
    this.span.startUnixMs = (this.#startSeconds * 1e6 + Math.floor(this.#startNanos / 1000)) / 1000;
    this.span.durationMs = nanosApart / 1e6;
    return nanosApart >= 0;
  }

  #attributes(): number {
    const { cursor } = this;
    if (!cursor.enterArray()) {
      cursor.skipValue();
      return MET.attributes;
    }
    for (let isFirst = true; cursor.nextElement(isFirst); isFirst = false) {
      if (cursor.enterObject()) this.#attribute();
      else cursor.skipValue();
    }
    return MET.attributes;
  }

  #attribute(): void {
    const { cursor } = this;
    let column = -1;
    let valueAt = 0;
    let met = 0;
    for (let isFirst = true; cursor.nextMember(isFirst); isFirst = false) {
      if (cursor.sawEscape) this.#isPlain = false;
      if (cursor.isKey(KEY)) {
        const from = cursor.at + 1;
        if (cursor.bytes[cursor.at] === QUOTE) {
          cursor.skipString();
          // A key with an escape may be any key.
          if (cursor.sawEscape) this.#isPlain = false;
          column = this.#columnOf(from, cursor.at - 1);
        } else cursor.skipValue();
        met += 1;
      } else {
        const at = cursor.at;
        if (cursor.isKey(VALUE)) {
          valueAt = at;
          met += 16;
        }
        cursor.skipValue();
      }
      cursor.sawEscape = false;
    }
    if ((met & 14) !== 0 || met > 17) this.#isPlain = false;
    if (column !== -1 && valueAt !== 0 && this.span.valueAt[column] === 0) this.span.valueAt[column] = valueAt;
  }

  #columnOf(from: number, to: number): number {
    const { bytes } = this.cursor;
    const length = to - from;
    const wanted = this.#wanted;
    next: for (let column = 0; column < wanted.length; column++) {
      const name = wanted[column] as Uint8Array;
      if (name.length !== length) continue;
      for (let at = 0; at < length; at++) if (bytes[from + at] !== name[at]) continue next;
      return column;
    }
    return -1;
  }
}
