import { type PackedBatch, writtenIn } from '../packed-batch.js';
import type { SpanRecord } from '../span-record.js';
import { attributeJson } from './attributes-in-json.js';
import { JsonBytes } from './json-bytes.js';
import { LentMemory } from './lent-memory.js';
import type { Requests } from './requests.js';
import { SpansInJson } from './spans-in-json.js';

/** Requests of OTLP in JSON. */
export class JsonRequests implements Requests {
  readonly #head: Uint8Array;
  readonly #memory = new LentMemory(() => new JsonBytes());

  constructor(resourceAttributes: SpanRecord['attributes']) {
    const attributes = Object.entries(resourceAttributes).flatMap(([key, value]) =>
      value === undefined ? [] : attributeJson(key, value),
    );
    const resource = `{"attributes":[${attributes.join('').slice(0, -1)}],"droppedAttributesCount":0}`;
    this.#head = Buffer.from(`{"resourceSpans":[{"resource":${resource},"scopeSpans":[`);
  }

  write(batch: PackedBatch): Uint8Array {
    return this.#memory.request((out, borrow) => {
      out.put(this.#head);
      new SpansInJson(writtenIn(batch), borrow).writeTo(out);
      out.dropComma();
      out.json(']}]}');
    });
  }

  release(request: Uint8Array): void {
    this.#memory.release(request);
  }
}
