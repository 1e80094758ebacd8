/** A piece of text that is looked for in bytes, four of them at a time. At least four bytes long. */
export class ByteLiteral {
  readonly length: number;
  readonly #words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    // The last word overlaps the one before it, so that there is no rest.
    this.#words = Int32Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) =>
      bytes.readInt32LE(Math.min(at * 4, bytes.length - 4)),
    );
  }

  /** Whether it stands at a place. */
  isAt(view: DataView, at: number): boolean {
    const words = this.#words;
    const last = at + this.length - 4;
    if (last + 4 > view.byteLength) return false;
    let from = at;
    for (let word = 0; word < words.length; word++) {
      if (view.getInt32(from, true) !== words[word]) return false;
      from = Math.min(from + 4, last);
    }
    return true;
  }
}
