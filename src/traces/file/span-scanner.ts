import { AttributeScanner } from './attribute-scanner.js';
import type { JsonCursor } from './json-cursor.js';
import { KnownKeys } from './known-keys.js';
import { ScannedSpan } from './scanned-span.js';

const QUOTE = 0x22;
const ZERO = 0x30;
const NANOS_DIGITS = 9;
const MAX_TIME_DIGITS = 20;
/** Above this a difference in ns is not exact. */
const MAX_SECONDS_APART = 9_000_000;

/** In this order they are told apart; each has a bit, by which it is seen that none is met twice. */
const MEMBERS = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'status',
];
const [TRACE_ID, SPAN_ID, PARENT_SPAN_ID, NAME, KIND, START, END, ATTRIBUTES, STATUS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const NEEDED = (1 << TRACE_ID) | (1 << SPAN_ID) | (1 << NAME) | (1 << START) | (1 << END);

const CODE = Buffer.from('code');

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
  readonly #keys: KnownKeys;
  readonly #attributes: AttributeScanner;
  #isPlain = true;
  #seconds = 0;
  #nanos = 0;
  #startSeconds = 0;
  #startNanos = 0;
  #endSeconds = 0;
  #endNanos = 0;

  constructor(cursor: JsonCursor, names: readonly string[]) {
    this.cursor = cursor;
    this.#attributes = new AttributeScanner(cursor, names);
    this.span = new ScannedSpan(names, this.#attributes.valueAt);
    this.#keys = new KnownKeys(cursor, MEMBERS);
  }

  /**
   * Passes the object at the cursor, and puts what it holds into `span`. False where it is not as exporters write it; only where it begins
   * and ends is valid then. Throws NOT_TAKEN where it is not JSON.
   */
  scan(): boolean {
    const { cursor, span } = this;
    span.bytes = cursor.bytes;
    span.from = cursor.at;
    const keys = this.#keys;
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
    keys.begin();
    for (let member = keys.next(); member !== -2; member = keys.next()) {
      if (cursor.sawEscape) this.#isPlain = false;
      if (member === -1) {
        cursor.skipValue();
        continue;
      }
      if ((met & (1 << member)) !== 0) this.#isPlain = false;
      met |= 1 << member;
      this.#member(member);
    }
    span.to = cursor.at;
    return this.#isPlain && (met & NEEDED) === NEEDED && this.#setTimes();
  }

  #member(member: number): void {
    if (member === TRACE_ID) this.#id(0, 4);
    else if (member === SPAN_ID) this.#id(4, 2);
    else if (member === PARENT_SPAN_ID) this.#id(6, 2);
    else if (member === NAME) this.#name();
    else if (member === KIND) this.span.kindNumber = this.#digit();
    else if (member === STATUS) this.#status();
    else if (member === ATTRIBUTES) {
      if (!this.#attributes.scan(this.#keys.view)) this.#isPlain = false;
    } else {
      this.#time();
      const isStart = member === START;
      if (isStart) this.#startSeconds = this.#seconds;
      else this.#endSeconds = this.#seconds;
      if (isStart) this.#startNanos = this.#nanos;
      else this.#endNanos = this.#nanos;
    }
  }

  #id(first: number, wordCount: number): void {
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
      const isNoParent = first === 6 && bytes[at] === QUOTE && bytes[at + 1] === QUOTE;
      if (!isNoParent) this.#isPlain = false;
      if (first === 6) span.ids[6] = span.ids[7] = 0;
      cursor.skipValue();
    } else cursor.at = digitAt + 1;
  }

  #name(): void {
    const { cursor, span } = this;
    if (cursor.bytes[cursor.at] !== QUOTE) this.#isPlain = false;
    span.nameFrom = cursor.at + 1;
    cursor.skipValue();
    span.nameTo = cursor.at - 1;
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

  #status(): void {
    const { cursor } = this;
    if (!cursor.enterObject()) {
      this.#isPlain = false;
      cursor.skipValue();
      return;
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
  }

  /** Nanoseconds since 1970 in a string of digits, cut into seconds and the rest: a number would not hold them. */
  #time(): void {
    const { cursor } = this;
    const { bytes, at } = cursor;
    let seconds = 0;
    let nanos = 0;
    cursor.skipValue();
    const to = cursor.at - 1;
    const secondsTo = to - NANOS_DIGITS;
    if (bytes[at] !== QUOTE || secondsTo <= at + 1 || to - at > MAX_TIME_DIGITS) {
      this.#isPlain = false;
      return;
    }
    let bad = 0;
    let digitAt = at + 1;
    for (; digitAt < secondsTo; digitAt++) {
      const digit = NIBBLES[bytes[digitAt] as number] as number;
      if (digit > 9) bad = 1;
      seconds = seconds * 10 + digit;
    }
    for (; digitAt < to; digitAt++) {
      const digit = NIBBLES[bytes[digitAt] as number] as number;
      if (digit > 9) bad = 1;
      nanos = nanos * 10 + digit;
    }
    if (bad !== 0) this.#isPlain = false;
    this.#seconds = seconds;
    this.#nanos = nanos;
  }

  #setTimes(): boolean {
    const secondsApart = this.#endSeconds - this.#startSeconds;
    if (secondsApart > MAX_SECONDS_APART) return false;
    const nanosApart = secondsApart * 1e9 + this.#endNanos - this.#startNanos;
    this.span.startUnixMs = (this.#startSeconds * 1e6 + Math.floor(this.#startNanos / 1000)) / 1000;
    this.span.durationMs = nanosApart / 1e6;
    return nanosApart >= 0;
  }
}
