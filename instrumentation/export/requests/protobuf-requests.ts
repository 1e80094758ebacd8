import { type PackedBatch, writtenIn } from '../packed-batch.js';
import type { SpanRecord } from '../span-record.js';
import { putAttribute } from './attributes-in-protobuf.js';
import { LentMemory } from './lent-memory.js';
import { ProtobufBytes, tagOf } from './protobuf-bytes.js';
import type { Requests } from './requests.js';
import { SpansInProtobuf } from './spans-in-protobuf.js';

/** The one field of `ExportTraceServiceRequest`, and the first of `ResourceSpans`. */
const RESOURCE_SPANS = tagOf(1, 'lengthDelimited');
const RESOURCE = tagOf(1, 'lengthDelimited');

/** Fields of `Resource`. */
const ATTRIBUTES = tagOf(1, 'lengthDelimited');
const DROPPED_ATTRIBUTES_COUNT = tagOf(2, 'varint');

function resourceBytes(attributes: SpanRecord['attributes']): Uint8Array {
  const out = new ProtobufBytes();
  out.byte(RESOURCE);
  const resource = out.open();
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) putAttribute(out, ATTRIBUTES, { key, value });
  }
  out.byte(DROPPED_ATTRIBUTES_COUNT);
  out.varint(0);
  out.close(resource);
  return out.taken();
}

/** Requests of OTLP in protobuf. */
export class ProtobufRequests implements Requests {
  readonly #resource: Uint8Array;
  readonly #memory = new LentMemory(() => new ProtobufBytes());

  constructor(resourceAttributes: SpanRecord['attributes']) {
    this.#resource = resourceBytes(resourceAttributes);
  }

  write(batch: PackedBatch): Uint8Array {
    return this.#memory.request((out, borrow) => {
      out.byte(RESOURCE_SPANS);
      const resourceSpans = out.open();
      out.put(this.#resource);
      new SpansInProtobuf(writtenIn(batch), borrow).writeTo(out);
      out.close(resourceSpans);
    });
  }

  release(request: Uint8Array): void {
    this.#memory.release(request);
  }
}
