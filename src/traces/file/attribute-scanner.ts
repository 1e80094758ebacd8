import { ByteLiteral } from './byte-literal.js';
import type { JsonCursor } from './json-cursor.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;

/** An attribute as exporters write it. */
const ATTRIBUTE_BEGIN = new ByteLiteral('{"key":"');
const STRING_BEGIN = new ByteLiteral(',"value":{"stringValue":"');
const INT_BEGIN = new ByteLiteral(',"value":{"intValue":');
const BOOL_BEGIN = new ByteLiteral(',"value":{"boolValue":');
const VALUE_OFFSET = ',"value":'.length;

const KEY = Buffer.from('key');
const VALUE = Buffer.from('value');
/** What was met in an attribute: each is counted in bits of its own. */
const MET_KEY = 1;
const MET_VALUE = 16;

/** Finds the attributes that are asked for among those of a span. */
export class AttributeScanner {
  /** Where the value of each begins; 0 for none. */
  readonly valueAt: Uint32Array;
  readonly #cursor: JsonCursor;
  readonly #wanted: readonly Uint8Array[];
  readonly #columnsByLength: number[][] = [];
  #isPlain = true;

  constructor(cursor: JsonCursor, names: readonly string[]) {
    this.#cursor = cursor;
    this.#wanted = names.map((name) => Buffer.from(JSON.stringify(name).slice(1, -1)));
    this.valueAt = new Uint32Array(names.length);
    for (const [column, { length }] of this.#wanted.entries()) {
      const columns = this.#columnsByLength[length] ?? [];
      this.#columnsByLength[length] = columns.concat(column);
    }
  }

  /**
   * Passes the attributes at the cursor. False where they are not as exporters write them; what was found is not valid then. Throws NOT_TAKEN
   * where they are not JSON.
   */
  scan(view: DataView): boolean {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) {
      cursor.skipValue();
      return true;
    }
    this.#isPlain = true;
    for (let isFirst = true; cursor.nextElement(isFirst); isFirst = false) {
      if (this.#usualAttribute(view)) continue;
      if (cursor.enterObject()) this.#attribute();
      else cursor.skipValue();
    }
    return this.#isPlain;
  }

  /** Passes an attribute that is written as exporters write most of them; false for any other, which is not passed. */
  #usualAttribute(view: DataView): boolean {
    const cursor = this.#cursor;
    const begin = cursor.at;
    if (!ATTRIBUTE_BEGIN.isAt(view, begin)) return false;
    const keyFrom = begin + ATTRIBUTE_BEGIN.length;
    const keyTo = endOfPlainString(cursor.bytes, keyFrom);
    if (keyTo === -1) return false;
    const after = keyTo + 1;
    let valueTo = -1;
    if (STRING_BEGIN.isAt(view, after))
      valueTo = endOfPlainString(cursor.bytes, after + STRING_BEGIN.length) + 1;
    else if (INT_BEGIN.isAt(view, after)) valueTo = endOfDigits(cursor.bytes, after + INT_BEGIN.length);
    else if (BOOL_BEGIN.isAt(view, after)) {
      cursor.at = after + BOOL_BEGIN.length;
      cursor.skipValue();
      valueTo = cursor.at;
      cursor.at = begin;
    }
    if (valueTo <= 0 || cursor.bytes[valueTo] !== CLOSE || cursor.bytes[valueTo + 1] !== CLOSE) return false;
    cursor.at = valueTo + 2;
    const column = this.#columnOf(keyFrom, keyTo);
    if (column !== -1 && this.valueAt[column] === 0) this.valueAt[column] = after + VALUE_OFFSET;
    return true;
  }

  #attribute(): void {
    const cursor = this.#cursor;
    let column = -1;
    let valueAt = 0;
    let met = 0;
    cursor.sawEscape = false;
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
        met += MET_KEY;
      } else {
        const at = cursor.at;
        if (cursor.isKey(VALUE)) {
          valueAt = at;
          met += MET_VALUE;
        }
        cursor.skipValue();
      }
      cursor.sawEscape = false;
    }
    // Each once, at most.
    if ((met & ~(MET_KEY | MET_VALUE)) !== 0) this.#isPlain = false;
    // The first attribute of a name counts, with a value or without.
    if (column !== -1 && valueAt === 0) this.#isPlain = false;
    if (column !== -1 && this.valueAt[column] === 0) this.valueAt[column] = valueAt;
  }

  #columnOf(from: number, to: number): number {
    const { bytes } = this.#cursor;
    const length = to - from;
    const columns = this.#columnsByLength[length];
    if (columns === undefined) return -1;
    next: for (const column of columns) {
      const name = this.#wanted[column] as Uint8Array;
      for (let at = 0; at < length; at++) if (bytes[from + at] !== name[at]) continue next;
      return column;
    }
    return -1;
  }
}

/** Where a string ends that has no escape; -1 where it has one, or is none. */
function endOfPlainString(bytes: Uint8Array, from: number): number {
  let at = from;
  let byte = bytes[at] as number;
  while (byte !== QUOTE) {
    if (byte === BACKSLASH || !(byte >= 0x20)) return -1;
    byte = bytes[++at] as number;
  }
  return at;
}

/** Where a whole number without a sign ends; -1 where it is none, or has a zero before it. */
function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  let byte = bytes[at] as number;
  while (byte >= ZERO && byte <= NINE) byte = bytes[++at] as number;
  return at === from || (bytes[from] === ZERO && at > from + 1) ? -1 : at;
}
