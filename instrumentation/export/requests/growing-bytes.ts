const FIRST_CAPACITY = 16 * 1024;

/** Bytes that are put together piece by piece, in memory that grows and is used again. */
export class GrowingBytes {
  protected bytes: Buffer;
  /** In bytes. */
  length = 0;

  constructor(capacity = FIRST_CAPACITY) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** How many bytes it takes in memory. */
  get capacity(): number {
    return this.bytes.length;
  }

  /** What was put so far; it changes with what is put after a `cutTo`. */
  taken(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Forgets what is past a length of before. */
  cutTo(length: number): void {
    this.length = length;
  }

  /** Bytes as they are. */
  put(bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  protected makeRoom(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.taken());
    this.bytes = bytes;
  }
}
