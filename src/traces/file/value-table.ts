import { anyValueOf } from '../otlp-json.js';
import type { AttributeValue } from '../span.js';
import { JsonCursor } from './json-cursor.js';

const STRING_VALUE = Buffer.from('stringValue');
const INT_VALUE = Buffer.from('intValue');
const BOOL_VALUE = Buffer.from('boolValue');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** So many digits are an exact number. */
const SAFE_DIGITS = 15;

/** The text between two places of a buffer, which are those inside of a JSON string's quotes. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  return raw.includes(BACKSLASH) ? (JSON.parse(`"${raw.toString()}"`) as string) : raw.toString();
}

/** Values, each kept once and known by a number; 0 stands for none. What comes as JSON is looked up by its bytes, without being decoded. */
export class ValueTable {
  /** By their numbers. */
  values: (AttributeValue | undefined)[] = [undefined];
  readonly #numbers = new Map<AttributeValue, number>();
  /** Numbers of the values known by their bytes, by hash. */
  #slots = new Uint32Array(1024);
  #hashes = new Uint32Array(1024);
  #known = 0;
  /** Where in `#held` the bytes of the value in a slot are. */
  #from = new Uint32Array(1024);
  #to = new Uint32Array(1024);
  #held = new Uint8Array(16 * 1024);
  #heldTo = 0;
  readonly #cursor = new JsonCursor();

  /** The number of a value. */
  ofValue(value: AttributeValue | undefined): number {
    if (value === undefined) return 0;
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }

  /** The number of the text between the quotes of a JSON string. */
  ofText(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let number = this.#slots[slot] as number; number !== 0; number = this.#slots[slot] as number) {
      if (this.#hashes[slot] === hash >>> 0 && this.#isHeld(slot, bytes, from, to)) return number;
      slot = (slot + 1) & mask;
    }
    const number = this.values.push(textOf(bytes, from, to)) - 1;
    this.#hold(slot, bytes.subarray(from, to));
    this.#slots[slot] = number;
    this.#hashes[slot] = hash;
    if (++this.#known * 2 > this.#slots.length) this.#grow();
    return number;
  }

  /** The number of the OTLP AnyValue that begins at a place in valid JSON. */
  ofAnyValue(bytes: Uint8Array, at: number): number {
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = at;
    if (cursor.enterObject() && cursor.nextMember(true)) {
      const number = this.#ofMember(cursor);
      if (number !== undefined && !cursor.nextMember(false)) return number;
    }
    cursor.at = at;
    cursor.skipValue();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, cursor.at - at).toString();
    return this.ofValue(anyValueOf(JSON.parse(text)));
  }

  #ofMember(cursor: JsonCursor): number | undefined {
    const { bytes, at } = cursor;
    if (cursor.isKey(STRING_VALUE) && bytes[at] === QUOTE) {
      cursor.skipString();
      return this.ofText(bytes, at + 1, cursor.at - 1);
    }
    if (cursor.isKey(INT_VALUE)) {
      const isString = bytes[at] === QUOTE;
      const int = wholeNumber(bytes, isString ? at + 1 : at);
      cursor.skipValue();
      return int === undefined ? undefined : this.ofValue(int);
    }
    if (cursor.isKey(BOOL_VALUE) && (bytes[at] === 0x74 || bytes[at] === 0x66)) {
      cursor.skipValue();
      return this.ofValue(bytes[at] === 0x74);
    }
    return undefined;
  }

  #isHeld(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    const heldFrom = this.#from[slot] as number;
    if ((this.#to[slot] as number) - heldFrom !== to - from) return false;
    for (let at = from; at < to; at++) if (bytes[at] !== this.#held[heldFrom + at - from]) return false;
    return true;
  }

  #hold(slot: number, text: Uint8Array): void {
    if (this.#heldTo + text.length > this.#held.length) {
      const larger = new Uint8Array((this.#heldTo + text.length) * 2);
      larger.set(this.#held);
      this.#held = larger;
    }
    this.#from[slot] = this.#heldTo;
    this.#held.set(text, this.#heldTo);
    this.#heldTo += text.length;
    this.#to[slot] = this.#heldTo;
  }

  #grow(): void {
    const before = { slots: this.#slots, hashes: this.#hashes, from: this.#from, to: this.#to };
    const size = before.slots.length * 2;
    this.#slots = new Uint32Array(size);
    this.#hashes = new Uint32Array(size);
    this.#from = new Uint32Array(size);
    this.#to = new Uint32Array(size);
    before.slots.forEach((number, at) => {
      if (number === 0) return;
      let slot = (before.hashes[at] as number) & (size - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = number;
      this.#hashes[slot] = before.hashes[at] as number;
      this.#from[slot] = before.from[at] as number;
      this.#to[slot] = before.to[at] as number;
    });
  }
}

/** A whole number in decimal digits, if it is short enough to be exact and nothing else follows. */
function wholeNumber(bytes: Uint8Array, from: number): number | undefined {
  const isNegative = bytes[from] === 0x2d;
  const first = isNegative ? from + 1 : from;
  let at = first;
  let value = 0;
  for (let byte = bytes[at] as number; byte >= 0x30 && byte <= 0x39; byte = bytes[++at] as number) {
    value = value * 10 + byte - 0x30;
  }
  const after = bytes[at];
  const isWhole = after === QUOTE || after === 0x7d || after === 0x2c || after === 0x20;
  if (at === first || at - first > SAFE_DIGITS || !isWhole) return undefined;
  return isNegative && value !== 0 ? -value : value;
}
