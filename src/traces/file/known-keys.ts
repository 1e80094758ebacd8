import { ByteLiteral } from './byte-literal.js';
import type { JsonCursor } from './json-cursor.js';

const COMMA = 0x2c;
const MAX_KEYS = 64;
const MAX_KEY_BYTES = 100;

/** A key as it is written, and which keys came after it. */
class KnownKey {
  /** With its quotes and the colon. */
  readonly literal: ByteLiteral;
  /** Its place among the members that mean something; -1 for any other. */
  readonly member: number;
  next: KnownKey | undefined;
  nextBefore: KnownKey | undefined;

  constructor(key: string, member: number) {
    this.literal = new ByteLiteral(`"${key}":`);
    this.member = member;
  }
}

/**
 * Walks through the members of objects that are much alike: an exporter writes the same keys in the same order again and again, so a key is
 * compared with those that stood there before, which is faster than to read it.
 */
export class KnownKeys {
  readonly #cursor: JsonCursor;
  readonly #members: readonly Uint8Array[];
  readonly #known = new Map<string, KnownKey>();
  readonly #begin = new KnownKey('begin', -1);
  readonly #unknown = new KnownKey('unknown', -1);
  #last = this.#begin;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #viewed: Uint8Array | undefined;

  /** @param members the keys that mean something. */
  constructor(cursor: JsonCursor, members: readonly string[]) {
    this.#cursor = cursor;
    this.#members = members.map((member) => Buffer.from(member));
  }

  /** What the cursor's bytes are compared by. */
  get view(): DataView {
    return this.#view;
  }

  /** Begins an object, whose opening brace has been passed. */
  begin(): void {
    const { bytes } = this.#cursor;
    this.#last = this.#begin;
    if (this.#viewed === bytes) return;
    this.#viewed = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Moves to the value of the next member and gives the key's place among the members, -1 for any other; -2 at the object's end. Where the key
   * was written with an escape the cursor's `sawEscape` is set.
   */
  next(): number {
    const cursor = this.#cursor;
    const { at, bytes } = cursor;
    const last = this.#last;
    const isFirst = last === this.#begin;
    cursor.sawEscape = false;
    if (isFirst || bytes[at] === COMMA) {
      const keyAt = isFirst ? at : at + 1;
      if (last.next?.literal.isAt(this.#view, keyAt)) return this.#pass(last.next, keyAt);
      if (last.nextBefore?.literal.isAt(this.#view, keyAt)) return this.#pass(last.nextBefore, keyAt);
    }
    if (!cursor.nextMember(isFirst)) return -2;
    const member = this.#members.findIndex((name) => cursor.isKey(name));
    const key = this.#learn(member);
    if (key !== this.#unknown) {
      last.nextBefore = last.next;
      last.next = key;
    }
    this.#last = key;
    return member;
  }

  #pass(key: KnownKey, keyAt: number): number {
    const cursor = this.#cursor;
    cursor.at = keyAt + key.literal.length;
    if ((cursor.bytes[cursor.at] as number) <= 0x20) cursor.skipSpace();
    this.#last = key;
    return key.member;
  }

  /** The key that the cursor has read; what is unlikely to come again is not kept. */
  #learn(member: number): KnownKey {
    const { bytes, keyFrom, keyTo, sawEscape } = this.#cursor;
    const length = keyTo - keyFrom;
    if (sawEscape || length === 0 || length > MAX_KEY_BYTES) return this.#unknown;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + keyFrom, length).toString();
    let key = this.#known.get(text);
    if (key === undefined) {
      if (this.#known.size >= MAX_KEYS) return this.#unknown;
      key = new KnownKey(text, member);
      this.#known.set(text, key);
    }
    return key;
  }
}
