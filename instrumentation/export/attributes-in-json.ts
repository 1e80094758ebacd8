import { toDefinedString, toDefinedValue } from './attribute-values.js';
import { JsonBytes } from './json-bytes.js';
import { END_OF_ATTRIBUTES, keyOf, type WrittenSpans, WrittenValues } from './written-spans.js';

/** Attributes that many spans have. */
interface JsonSet {
  readonly written: readonly unknown[];
  readonly keys: readonly number[];
  /** With a comma after each. */
  readonly json: Uint8Array;
}

const SET_CAPACITY = 512;
const NO_SET: JsonSet = { written: [END_OF_ATTRIBUTES], keys: [], json: new Uint8Array() };

const END_OF_STRING_VALUE = Buffer.from('}},');

function valueJson(value: unknown): string {
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'number') {
    return Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${value}}`;
  }
  if (Array.isArray(value)) return `{"arrayValue":{"values":[${value.map(valueJson).join()}]}}`;
  return '{}';
}

/** An attribute as OTLP's JSON has it, with a comma after it. */
export function attributeJson(key: string, value: unknown): string {
  return `{"key":${JSON.stringify(key)},"value":${valueJson(toDefinedValue(value))}},`;
}

/** Whether a set has a key, as it was written, with this very value. */
function has({ written }: JsonSet, at: number, value: unknown): boolean {
  for (let place = 0; place < written.length - 1; place += 2) {
    if (written[place] === at && written[place + 1] === value) return true;
  }
  return false;
}

/** Writes the attributes of the spans of one batch, and the texts that it has. */
export class AttributesInJson {
  readonly #written: WrittenSpans;
  readonly #texts: (Uint8Array | undefined)[] = [];
  readonly #beforeStrings: (Uint8Array | undefined)[] = [];
  readonly #sets: (JsonSet | undefined)[] = [];
  /** For each text the list that it was a key in the last time, by its number. */
  readonly #listOfKey: Uint32Array;
  #list = 0;

  constructor(written: WrittenSpans) {
    this.#written = written;
    this.#listOfKey = new Uint32Array(written.texts.length);
  }

  /** A text of the batch, in JSON. */
  text(at: number): Uint8Array {
    let json = this.#texts[at];
    if (!json) {
      json = Buffer.from(JSON.stringify(this.#textAt(at)));
      this.#texts[at] = json;
    }
    return json;
  }

  /** Puts the attributes that come next, each with a comma after it. */
  put(out: JsonBytes, values: WrittenValues): void {
    this.#putAll(out, values, [NO_SET, NO_SET]);
  }

  /** The same for a span: the places of its two sets come first. What it has itself comes before what its sets have. */
  putWithSets(out: JsonBytes, values: WrittenValues): void {
    this.#putAll(out, values, [this.#set(values.next()), this.#set(values.next())]);
  }

  #putAll(out: JsonBytes, values: WrittenValues, sets: readonly [JsonSet, JsonSet]): void {
    const [first, second] = sets;
    const from = { length: out.length, at: values.at };
    this.#list++;
    let isTwice = this.#noteAll(first);
    if (this.#noteAll(second)) isTwice = true;
    out.put(first.json);
    out.put(second.json);
    for (let at = values.next<number>(); at !== END_OF_ATTRIBUTES; at = values.next<number>()) {
      const key = keyOf(at);
      const value = values.next<unknown>();
      if (this.#note(key)) {
        if (has(first, at, value) || has(second, at, value)) continue;
        isTwice = true;
      }
      if (at < 0) this.#putText(out, key, value as number);
      else if (typeof value === 'string') this.#putString(out, key, value);
      else out.json(attributeJson(this.#textAt(key), value));
    }
    if (!isTwice) return;
    out.cutTo(from.length);
    values.at = from.at;
    this.#putMerged(out, values, sets);
  }

  #noteAll({ keys }: JsonSet): boolean {
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

  #putText(out: JsonBytes, key: number, text: number): void {
    out.put(this.#beforeString(key));
    out.put(this.text(text));
    out.put(END_OF_STRING_VALUE);
  }

  #putString(out: JsonBytes, key: number, value: string): void {
    out.put(this.#beforeString(key));
    out.string(toDefinedString(value));
    out.put(END_OF_STRING_VALUE);
  }

  /** Each key once: at its first place, with its last value. */
  #putMerged(out: JsonBytes, values: WrittenValues, sets: readonly [JsonSet, JsonSet]): void {
    const merged = new Map<number, string>();
    for (const { written } of sets) this.#mergeInto(merged, new WrittenValues(written));
    this.#mergeInto(merged, values);
    for (const json of merged.values()) out.json(json);
  }

  #mergeInto(merged: Map<number, string>, values: WrittenValues): void {
    for (let at = values.next<number>(); at !== END_OF_ATTRIBUTES; at = values.next<number>()) {
      const key = keyOf(at);
      const value = at < 0 ? this.#textAt(values.next()) : values.next<unknown>();
      merged.set(key, attributeJson(this.#textAt(key), value));
    }
  }

  #set(at: number): JsonSet {
    const written = this.#written.sets[at];
    if (!written) return NO_SET;
    let set = this.#sets[at];
    if (!set) {
      const out = new JsonBytes(SET_CAPACITY);
      this.put(out, new WrittenValues(written));
      const keys = written.slice(0, -1).filter((_, place) => place % 2 === 0) as number[];
      set = { written, keys: keys.map(keyOf), json: out.taken() };
      this.#sets[at] = set;
    }
    return set;
  }

  #beforeString(key: number): Uint8Array {
    let json = this.#beforeStrings[key];
    if (!json) {
      json = Buffer.from(`{"key":${JSON.stringify(this.#textAt(key))},"value":{"stringValue":`);
      this.#beforeStrings[key] = json;
    }
    return json;
  }

  #textAt(at: number): string {
    return this.#written.texts[at] ?? '';
  }
}
