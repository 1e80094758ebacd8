import { toDefinedString, toDefinedValue } from '../attribute-values.js';
import type { WrittenValues } from '../written-spans.js';
import { ProtobufBytes, tagOf, varintLength } from './protobuf-bytes.js';
import { WrittenAttributes } from './written-attributes.js';

/** Fields of `KeyValue`. */
const KEY = tagOf(1, 'lengthDelimited');
const VALUE = tagOf(2, 'lengthDelimited');

/** Fields of `AnyValue`. */
const STRING_VALUE = tagOf(1, 'lengthDelimited');
const BOOL_VALUE = tagOf(2, 'varint');
const INT_VALUE = tagOf(3, 'varint');
const DOUBLE_VALUE = tagOf(4, 'fixed64');
const ARRAY_VALUE = tagOf(5, 'lengthDelimited');

/** A field of `ArrayValue`. */
const VALUES = tagOf(1, 'lengthDelimited');

/** Of a span. */
const ATTRIBUTES = tagOf(9, 'lengthDelimited');

/** A string, its length before it. */
function stringBytes(text: string): Uint8Array {
  const byteLength = Buffer.byteLength(text);
  const out = new ProtobufBytes(byteLength + 5);
  out.string(text, byteLength);
  return out.taken();
}

function putValue(out: ProtobufBytes, value: unknown): void {
  const start = out.open();
  if (typeof value === 'string') {
    out.byte(STRING_VALUE);
    out.string(value, Buffer.byteLength(value));
  } else if (typeof value === 'boolean') {
    out.byte(BOOL_VALUE);
    out.varint(value ? 1 : 0);
  } else if (typeof value === 'number') {
    putNumber(out, value);
  } else if (Array.isArray(value)) {
    out.byte(ARRAY_VALUE);
    const items = out.open();
    for (const item of value) {
      out.byte(VALUES);
      putValue(out, item);
    }
    out.close(items);
  }
  out.close(start);
}

function putNumber(out: ProtobufBytes, value: number): void {
  if (Number.isInteger(value)) {
    out.byte(INT_VALUE);
    out.varint(value);
  } else {
    out.byte(DOUBLE_VALUE);
    out.double(value);
  }
}

/** Puts an attribute to the field of such a tag. */
export function putAttribute(
  out: ProtobufBytes,
  tag: number,
  { key, value }: { key: string; value: unknown },
): void {
  out.byte(tag);
  const start = out.open();
  out.byte(KEY);
  out.string(key, Buffer.byteLength(key));
  out.byte(VALUE);
  putValue(out, toDefinedValue(value));
  out.close(start);
}

/** Attributes as OTLP's protobuf has them. */
export class AttributesInProtobuf extends WrittenAttributes<ProtobufBytes> {
  #tag = ATTRIBUTES;

  /** Puts the attributes that come next to the field of such a tag: those of events and links have others than those of spans. */
  putTo(tag: number, out: ProtobufBytes, values: WrittenValues): void {
    this.#tag = tag;
    this.put(out, values);
    this.#tag = ATTRIBUTES;
  }

  protected make(capacity: number): ProtobufBytes {
    return new ProtobufBytes(capacity);
  }

  protected textBytes(text: string): Uint8Array {
    return stringBytes(text);
  }

  protected keyBytes(key: string): Uint8Array {
    return Buffer.concat([Uint8Array.of(KEY), stringBytes(key), Uint8Array.of(VALUE)]);
  }

  protected putText(out: ProtobufBytes, key: Uint8Array, text: Uint8Array): void {
    this.#beforeString(out, key, text.length);
    out.put(text);
  }

  protected putString(out: ProtobufBytes, key: Uint8Array, value: string): void {
    const text = toDefinedString(value);
    const byteLength = Buffer.byteLength(text);
    this.#beforeString(out, key, varintLength(byteLength) + byteLength);
    out.string(text, byteLength);
  }

  protected putAny(out: ProtobufBytes, key: string, value: unknown): void {
    putAttribute(out, this.#tag, { key, value });
  }

  /** All of an attribute that stands before a string that takes so many bytes, its length included. */
  #beforeString(out: ProtobufBytes, key: Uint8Array, textLength: number): void {
    const valueLength = 1 + textLength;
    out.byte(this.#tag);
    out.varint(key.length + varintLength(valueLength) + valueLength);
    out.put(key);
    out.varint(valueLength);
    out.byte(STRING_VALUE);
  }
}
