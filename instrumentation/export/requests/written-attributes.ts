import { END_OF_ATTRIBUTES, keyOf, type WrittenSpans, WrittenValues } from '../written-spans.js';
import type { GrowingBytes } from './growing-bytes.js';

/** Attributes that many spans have. */
interface AttributeSet {
  readonly written: readonly unknown[];
  readonly keys: readonly number[];
  readonly bytes: Uint8Array;
}

type TwoSets = readonly [AttributeSet, AttributeSet];

const SET_CAPACITY = 512;
const NO_SET: AttributeSet = { written: [END_OF_ATTRIBUTES], keys: [], bytes: new Uint8Array() };

/** Whether a set has a key, as it was written, with this very value. */
function has({ written }: AttributeSet, at: number, value: unknown): boolean {
  for (let place = 0; place < written.length - 1; place += 2) {
    if (written[place] === at && written[place + 1] === value) return true;
  }
  return false;
}

/** Writes the attributes of the spans of one batch, and the texts that it has: how they look is for those who extend it. */
export abstract class WrittenAttributes<Bytes extends GrowingBytes> {
  readonly #written: WrittenSpans;
  readonly #texts: (Uint8Array | undefined)[] = [];
  readonly #keys: (Uint8Array | undefined)[] = [];
  readonly #sets: (AttributeSet | undefined)[] = [];
  /** For each text the list that it was a key in the last time, by its number. */
  readonly #listOfKey: Uint32Array;
  #list = 0;

  constructor(written: WrittenSpans) {
    this.#written = written;
    this.#listOfKey = new Uint32Array(written.texts.length);
  }

  /** Memory of so many bytes. */
  protected abstract make(capacity: number): Bytes;
  protected abstract textBytes(text: string): Uint8Array;
  /** What of an attribute depends on its key alone. */
  protected abstract keyBytes(key: string): Uint8Array;
  /** An attribute by what `keyBytes` and `textBytes` gave. */
  protected abstract putText(out: Bytes, key: Uint8Array, text: Uint8Array): void;
  /** An attribute by what `keyBytes` gave. */
  protected abstract putString(out: Bytes, key: Uint8Array, value: string): void;
  /** An attribute of any type. */
  protected abstract putAny(out: Bytes, key: string, value: unknown): void;

  /** A text of the batch. */
  text(at: number): Uint8Array {
    let bytes = this.#texts[at];
    if (!bytes) {
      bytes = this.textBytes(this.#textAt(at));
      this.#texts[at] = bytes;
    }
    return bytes;
  }

  /** Puts the attributes that come next. */
  put(out: Bytes, values: WrittenValues): void {
    this.#putAll(out, values, [NO_SET, NO_SET]);
  }

  /** The same for a span: the places of its two sets come first. What it has itself comes before what its sets have. */
  putWithSets(out: Bytes, values: WrittenValues): void {
    this.#putAll(out, values, [this.#set(values.next()), this.#set(values.next())]);
  }

  #putAll(out: Bytes, values: WrittenValues, sets: TwoSets): void {
    const [first, second] = sets;
    const from = { length: out.length, at: values.at };
    this.#list++;
    let isTwice = this.#noteAll(first);
    if (this.#noteAll(second)) isTwice = true;
    out.put(first.bytes);
    out.put(second.bytes);
    for (let at = values.next<number>(); at !== END_OF_ATTRIBUTES; at = values.next<number>()) {
      const key = keyOf(at);
      const value = values.next<unknown>();
      if (this.#note(key)) {
        if (has(first, at, value) || has(second, at, value)) continue;
        isTwice = true;
      }
      if (at < 0) this.putText(out, this.#key(key), this.text(value as number));
      else if (typeof value === 'string') this.putString(out, this.#key(key), value);
      else this.putAny(out, this.#textAt(key), value);
    }
    if (!isTwice) return;
    out.cutTo(from.length);
    values.at = from.at;
    this.#putMerged(out, values, sets);
  }

  #noteAll({ keys }: AttributeSet): boolean {
    let isTwice = false;
    for (const key of keys) if (this.#note(key)) isTwice = true;
    return isTwice;
  }

  /** Notes that the list has a key; whether it had it. */
  #note(key: number): boolean {
    if (this.#listOfKey[key] === this.#list) return true;
    this.#listOfKey[key] = this.#list;
    return false;
  }

  /** Each key once: at its first place, with its last value. */
  #putMerged(out: Bytes, values: WrittenValues, sets: TwoSets): void {
    const merged = new Map<number, unknown>();
    for (const { written } of sets) this.#mergeInto(merged, new WrittenValues(written));
    this.#mergeInto(merged, values);
    for (const [key, value] of merged) this.putAny(out, this.#textAt(key), value);
  }

  #mergeInto(merged: Map<number, unknown>, values: WrittenValues): void {
    for (let at = values.next<number>(); at !== END_OF_ATTRIBUTES; at = values.next<number>()) {
      merged.set(keyOf(at), at < 0 ? this.#textAt(values.next()) : values.next<unknown>());
    }
  }

  #set(at: number): AttributeSet {
    const written = this.#written.sets[at];
    if (!written) return NO_SET;
    let set = this.#sets[at];
    if (!set) {
      const out = this.make(SET_CAPACITY);
      this.put(out, new WrittenValues(written));
      const keys = written.slice(0, -1).filter((_, place) => place % 2 === 0) as number[];
      set = { written, keys: keys.map(keyOf), bytes: out.taken() };
      this.#sets[at] = set;
    }
    return set;
  }

  #key(key: number): Uint8Array {
    let bytes = this.#keys[key];
    if (!bytes) {
      bytes = this.keyBytes(this.#textAt(key));
      this.#keys[key] = bytes;
    }
    return bytes;
  }

  #textAt(at: number): string {
    return this.#written.texts[at] ?? '';
  }
}
