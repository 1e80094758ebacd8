import { toDefinedString, toDefinedValue } from '../attribute-values.js';
import { JsonBytes } from './json-bytes.js';
import { WrittenAttributes } from './written-attributes.js';

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

/** Attributes as OTLP's JSON has them, with a comma after each. */
export class AttributesInJson extends WrittenAttributes<JsonBytes> {
  protected make(capacity: number): JsonBytes {
    return new JsonBytes(capacity);
  }

  protected textBytes(text: string): Uint8Array {
    return Buffer.from(JSON.stringify(text));
  }

  protected keyBytes(key: string): Uint8Array {
    return Buffer.from(`{"key":${JSON.stringify(key)},"value":{"stringValue":`);
  }

  protected putText(out: JsonBytes, key: Uint8Array, text: Uint8Array): void {
    out.put(key);
    out.put(text);
    out.put(END_OF_STRING_VALUE);
  }

  protected putString(out: JsonBytes, key: Uint8Array, value: string): void {
    out.put(key);
    out.string(toDefinedString(value));
    out.put(END_OF_STRING_VALUE);
  }

  protected putAny(out: JsonBytes, key: string, value: unknown): void {
    out.json(attributeJson(key, value));
  }
}
