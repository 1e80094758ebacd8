import { attributeJson } from './attributes-in-json.js';
import { JsonBytes } from './json-bytes.js';
import { type PackedBatch, writtenIn } from './packed-batch.js';
import type { SpanRecord } from './span-record.js';
import { SpansInJson } from './spans-in-json.js';

/** Memory that is kept for later requests: pieces of so many bytes at most, and so many of them. One of usual size takes three. */
const MOST_BYTES_KEPT = 4 * 1024 * 1024;
const MOST_KEPT = 6;

/**
 * Writes export requests of OTLP in JSON straight from batches, to the byte what the stock serializer makes of their spans: that one makes
 * an object of everything first, which takes twice as long, and garbage that all threads have to collect.
 */
export class JsonRequests {
  readonly #head: Uint8Array;
  readonly #free: JsonBytes[] = [];
  readonly #lent = new WeakMap<Uint8Array, JsonBytes>();

  constructor(resourceAttributes: SpanRecord['attributes']) {
    const attributes = Object.entries(resourceAttributes).flatMap(([key, value]) =>
      value === undefined ? [] : attributeJson(key, value),
    );
    const resource = `{"attributes":[${attributes.join('').slice(0, -1)}],"droppedAttributesCount":0}`;
    this.#head = Buffer.from(`{"resourceSpans":[{"resource":${resource},"scopeSpans":[`);
  }

  /** A request with the spans of a batch. Throws where a time is none. */
  write(batch: PackedBatch): Uint8Array {
    const out = this.#lend();
    const scopes: JsonBytes[] = [];
    const lend = () => {
      const lent = this.#lend();
      scopes.push(lent);
      return lent;
    };
    out.put(this.#head);
    new SpansInJson(writtenIn(batch), lend).writeTo(out);
    out.dropComma();
    out.json(']}]}');
    for (const scope of scopes) this.#keep(scope);
    const request = out.taken();
    this.#lent.set(request, out);
    return request;
  }

  /** To be called when nobody reads a request any more: its memory is used again. */
  release(request: Uint8Array): void {
    const out = this.#lent.get(request);
    this.#lent.delete(request);
    if (out) this.#keep(out);
  }

  #keep(out: JsonBytes): void {
    if (out.capacity <= MOST_BYTES_KEPT && this.#free.length < MOST_KEPT) this.#free.push(out);
  }

  #lend(): JsonBytes {
    const out = this.#free.pop() ?? new JsonBytes();
    out.cutTo(0);
    return out;
  }
}
