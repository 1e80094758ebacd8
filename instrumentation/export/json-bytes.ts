const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;

/** What a character of a plain string takes in JSON is a byte; in UTF-8 it is three at most. */
const MOST_UTF8_BYTES = 3;

const FIRST_CAPACITY = 16 * 1024;

/** JSON in UTF-8 that is put together piece by piece, in memory that grows and is used again. */
export class JsonBytes {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes it takes in memory. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was put so far; it changes with what is put after a `cutTo`. */
  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what is past a length of before. */
  cutTo(length: number): void {
    this.#length = length;
  }

  /** Takes the comma after the last item of a list away. */
  dropComma(): void {
    if (this.#length > 0 && this.#bytes[this.#length - 1] === COMMA) this.#length--;
  }

  /** Bytes as they are. */
  put(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** JSON as it is. */
  json(json: string): void {
    this.#makeRoom(json.length * MOST_UTF8_BYTES);
    this.#length += this.#bytes.write(json, this.#length);
  }

  /** A string. One of plain characters, as ids, addresses and hashes are, is written without a call into the runtime. */
  string(text: string): void {
    const { length } = text;
    this.#makeRoom(length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
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
    this.#length = at;
  }

  /** The last `count` digits of a whole number from 0 to 2^31 - 1. */
  digits(value: number, count: number): void {
    this.#makeRoom(count);
    let rest = value;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const tenth = Math.trunc(rest / 10);
      this.#bytes[at] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += count;
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.taken());
    this.#bytes = bytes;
  }
}
