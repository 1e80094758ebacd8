import type { TracesData } from './received-span.js';

/** A field of a protobuf message: its number, and a varint or fixed64 as bigint or the bytes of what has a length. */
type Field = readonly [field: number, value: bigint | Buffer];

type AttributeList = NonNullable<
  NonNullable<NonNullable<TracesData['resourceSpans']>[number]['resource']>['attributes']
>;
type ScopeSpans = NonNullable<NonNullable<TracesData['resourceSpans']>[number]['scopeSpans']>[number];
type WireSpan = NonNullable<ScopeSpans['spans']>[number];

function readVarint(bytes: Buffer, from: number): { value: bigint; next: number } {
  let value = 0n;
  for (let at = from, shift = 0n; at < bytes.length; at++, shift += 7n) {
    const byte = bytes.readUInt8(at);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at + 1 };
  }
  throw new Error('expected the end of a varint, found the end of the message');
}

function fieldsOf(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const field = Number(tag.value >> 3n);
    at = tag.next;
    const wire = Number(tag.value & 7n);
    if (wire === 0) {
      const varint = readVarint(bytes, at);
      fields.push([field, varint.value]);
      at = varint.next;
    } else if (wire === 1) {
      fields.push([field, bytes.readBigUInt64LE(at)]);
      at += 8;
    } else if (wire === 2) {
      const length = readVarint(bytes, at);
      at = length.next + Number(length.value);
      fields.push([field, bytes.subarray(length.next, at)]);
    } else if (wire === 5) {
      fields.push([field, BigInt(bytes.readUInt32LE(at))]);
      at += 4;
    } else throw new Error(`expected wire type 0, 1, 2 or 5, found ${wire}`);
  }
  return fields;
}

function all(fields: readonly Field[], field: number): Buffer[] {
  return fields.flatMap(([number, value]) => (number === field && typeof value !== 'bigint' ? [value] : []));
}

function text(fields: readonly Field[], field: number): string {
  return all(fields, field).at(-1)?.toString('utf8') ?? '';
}

function hex(fields: readonly Field[], field: number): string {
  return all(fields, field).at(-1)?.toString('hex') ?? '';
}

function number(fields: readonly Field[], field: number): bigint {
  const found = fields.findLast(([at, value]) => at === field && typeof value === 'bigint');
  return (found?.[1] as bigint | undefined) ?? 0n;
}

function double(value: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readDoubleLE(0);
}

function anyValue(bytes: Buffer): AttributeList[number]['value'] {
  const [field] = fieldsOf(bytes);
  if (!field) return {};
  const [at, value] = field;
  if (typeof value === 'bigint') {
    if (at === 2) return { boolValue: value === 1n };
    return at === 3 ? { intValue: BigInt.asIntN(64, value).toString() } : { doubleValue: double(value) };
  }
  if (at === 1) return { stringValue: value.toString('utf8') };
  if (at === 5)
    return { arrayValue: { values: all(fieldsOf(value), 1).map((item) => anyValue(item) ?? {}) } };
  return at === 6
    ? { kvlistValue: { values: attributes(fieldsOf(value), 1) } }
    : { bytesValue: value.toString('base64') };
}

function attributes(fields: readonly Field[], field: number): AttributeList {
  return all(fields, field).map((bytes) => {
    const pair = fieldsOf(bytes);
    const value = all(pair, 2).at(-1);
    return { key: text(pair, 1), value: value ? (anyValue(value) ?? {}) : {} };
  });
}

function decodeSpan(bytes: Buffer): WireSpan {
  const fields = fieldsOf(bytes);
  const status = fieldsOf(all(fields, 15).at(-1) ?? Buffer.alloc(0));
  return {
    traceId: hex(fields, 1),
    spanId: hex(fields, 2),
    traceState: text(fields, 3),
    parentSpanId: hex(fields, 4),
    name: text(fields, 5),
    kind: Number(number(fields, 6)),
    startTimeUnixNano: number(fields, 7).toString(),
    endTimeUnixNano: number(fields, 8).toString(),
    attributes: attributes(fields, 9),
    events: all(fields, 11).map((event) => {
      const of = fieldsOf(event);
      return {
        timeUnixNano: number(of, 1).toString(),
        name: text(of, 2),
        attributes: attributes(of, 3),
      };
    }),
    links: all(fields, 13).map((link) => {
      const of = fieldsOf(link);
      return { traceId: hex(of, 1), spanId: hex(of, 2), attributes: attributes(of, 4) };
    }),
    status: { message: text(status, 2), code: Number(number(status, 3)) },
  };
}

function decodeScopeSpans(bytes: Buffer): ScopeSpans {
  const fields = fieldsOf(bytes);
  const scope = fieldsOf(all(fields, 1).at(-1) ?? Buffer.alloc(0));
  return {
    scope: { name: text(scope, 1), version: text(scope, 2) },
    spans: all(fields, 2).map(decodeSpan),
  };
}

/** An ExportTraceServiceRequest in protobuf, in the shape that OTLP JSON has. Throws on what is no protobuf. */
export function decodeTracesData(body: Buffer): TracesData {
  return {
    resourceSpans: all(fieldsOf(body), 1).map((bytes) => {
      const fields = fieldsOf(bytes);
      const resource = fieldsOf(all(fields, 1).at(-1) ?? Buffer.alloc(0));
      return {
        resource: { attributes: attributes(resource, 1) },
        scopeSpans: all(fields, 2).map(decodeScopeSpans),
      };
    }),
  };
}
