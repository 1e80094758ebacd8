import { GrowingBytes } from './growing-bytes.js';

/** How the value of a field is written, in the last three bits of its tag. */
const WIRE_TYPE = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 };

/** The tag of a field, one byte where its number is below 16. */
export function tagOf(field: number, type: keyof typeof WIRE_TYPE): number {
  return (field << 3) | WIRE_TYPE[type];
}

const MOST_VARINT_BYTES = 10;
const FIXED64_BYTES = 8;
const BITS_OF_VARINT = 7;
const MOST_IN_BYTE = 0x7f;
const MORE_FOLLOWS = 0x80;
const TWO_TO_31 = 2 ** 31;

/** What a message of usual size needs for its length: a span has 128 to 16,383 bytes. */
const LENGTH_BYTES = 2;

/** How many bytes a whole number from 0 to 2^31 - 1 takes. */
export function varintLength(value: number): number {
  if (value <= MOST_IN_BYTE) return 1;
  if (value < 1 << (2 * BITS_OF_VARINT)) return 2;
  if (value < 1 << (3 * BITS_OF_VARINT)) return 3;
  return value < 1 << (4 * BITS_OF_VARINT) ? 4 : 5;
}

function digitOf(code: number): number {
  // 0 to 9, a to f, A to F.
  if (code <= 0x39) return code - 0x30;
  return code >= 0x61 ? code - 0x57 : code - 0x37;
}

/** Values in protobuf's wire format. */
export class ProtobufBytes extends GrowingBytes {
  /** A tag, or another number from 0 to 127. */
  byte(value: number): void {
    this.makeRoom(1);
    this.bytes[this.length++] = value;
  }

  /** A safe integer; one below 0 takes ten bytes. */
  varint(value: number): void {
    this.makeRoom(MOST_VARINT_BYTES);
    if (value >= 0 && value < TWO_TO_31) this.#varint31(value);
    else this.#varint64(BigInt.asUintN(64, BigInt(value)));
  }

  fixed32(value: number): void {
    this.makeRoom(FIXED64_BYTES);
    this.length = this.bytes.writeUInt32LE(value, this.length);
  }

  /** Its lower and its upper half, from 0 to 2^32 - 1. */
  fixed64(low: number, high: number): void {
    this.fixed32(low);
    this.fixed32(high);
  }

  double(value: number): void {
    this.makeRoom(FIXED64_BYTES);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  /** A string in UTF-8 that takes so many bytes, its length before it. */
  string(text: string, byteLength: number): void {
    this.varint(byteLength);
    this.makeRoom(byteLength);
    if (byteLength === text.length) this.#ascii(text);
    else this.length += this.bytes.write(text, this.length);
  }

  /** An id in hexadecimal as bytes, their length before them. */
  id(hex: string): void {
    const count = Math.trunc(hex.length / 2);
    this.varint(count);
    this.makeRoom(count);
    for (let index = 0; index < 2 * count; index += 2) {
      this.bytes[this.length++] = (digitOf(hex.charCodeAt(index)) << 4) | digitOf(hex.charCodeAt(index + 1));
    }
  }

  /** Begins a message, whose length is not known yet; returns what `close` has to be given. */
  open(): number {
    this.makeRoom(LENGTH_BYTES);
    this.length += LENGTH_BYTES;
    return this.length;
  }

  /** Ends the message that begins there. */
  close(start: number): void {
    const count = this.length - start;
    const lengthBytes = varintLength(count);
    const shift = lengthBytes - LENGTH_BYTES;
    if (shift !== 0) {
      this.makeRoom(shift);
      this.bytes.copyWithin(start + shift, start, this.length);
    }
    this.length = start - LENGTH_BYTES;
    this.#varint31(count);
    this.length += count;
  }

  #ascii(text: string): void {
    const { bytes, length } = this;
    for (let index = 0; index < text.length; index++) bytes[length + index] = text.charCodeAt(index);
    this.length += text.length;
  }

  #varint31(value: number): void {
    let rest = value;
    while (rest > MOST_IN_BYTE) {
      this.bytes[this.length++] = (rest & MOST_IN_BYTE) | MORE_FOLLOWS;
      rest >>>= BITS_OF_VARINT;
    }
    this.bytes[this.length++] = rest;
  }

  #varint64(value: bigint): void {
    let rest = value;
    while (rest > BigInt(MOST_IN_BYTE)) {
      this.bytes[this.length++] = Number(rest & BigInt(MOST_IN_BYTE)) | MORE_FOLLOWS;
      rest >>= BigInt(BITS_OF_VARINT);
    }
    this.bytes[this.length++] = Number(rest);
  }
}
