import { GrowingBytes } from './growing-bytes.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;

/** What a character of a plain string takes in JSON is a byte; in UTF-8 it is three at most. */
const MOST_UTF8_BYTES = 3;

/** JSON in UTF-8. */
export class JsonBytes extends GrowingBytes {
  /** Takes the comma after the last item of a list away. */
  dropComma(): void {
    if (this.length > 0 && this.bytes[this.length - 1] === COMMA) this.length--;
  }

  /** JSON as it is. */
  json(json: string): void {
    this.makeRoom(json.length * MOST_UTF8_BYTES);
    this.length += this.bytes.write(json, this.length);
  }

  /** A string. One of plain characters, as ids, addresses and hashes are, is written without a call into the runtime. */
  string(text: string): void {
    const { length } = text;
    this.makeRoom(length + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
        this.json(JSON.stringify(text));
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.length = at;
  }

  /** The last `count` digits of a whole number from 0 to 2^31 - 1. */
  digits(value: number, count: number): void {
    this.makeRoom(count);
    let rest = value;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const tenth = Math.trunc(rest / 10);
      this.bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.length += count;
  }
}
