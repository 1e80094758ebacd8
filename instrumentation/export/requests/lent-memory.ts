import type { GrowingBytes } from './growing-bytes.js';

/** Memory that is kept for later requests: pieces of so many bytes at most, and so many of them. One of usual size takes three. */
const MOST_BYTES_KEPT = 4 * 1024 * 1024;
const MOST_KEPT = 6;

/** Memory that requests are written to, used again for those that come later. */
export class LentMemory<Bytes extends GrowingBytes> {
  readonly #make: () => Bytes;
  readonly #free: Bytes[] = [];
  readonly #ofRequests = new WeakMap<Uint8Array, Bytes>();

  constructor(make: () => Bytes) {
    this.#make = make;
  }

  /**
   * What `write` puts to `out`, a whole request. It may borrow more memory, which is done with when it returns. `release` gives the
   * request's own back.
   */
  request(write: (out: Bytes, borrow: () => Bytes) => void): Uint8Array {
    const out = this.#lend();
    const borrowed: Bytes[] = [];
    write(out, () => {
      const lent = this.#lend();
      borrowed.push(lent);
      return lent;
    });
    for (const lent of borrowed) this.#keep(lent);
    const request = out.taken();
    this.#ofRequests.set(request, out);
    return request;
  }

  /** To be called when nobody reads a request any more. */
  release(request: Uint8Array): void {
    const out = this.#ofRequests.get(request);
    this.#ofRequests.delete(request);
    if (out) this.#keep(out);
  }

  #keep(bytes: Bytes): void {
    if (bytes.capacity <= MOST_BYTES_KEPT && this.#free.length < MOST_KEPT) this.#free.push(bytes);
  }

  #lend(): Bytes {
    const bytes = this.#free.pop() ?? this.#make();
    bytes.cutTo(0);
    return bytes;
  }
}
