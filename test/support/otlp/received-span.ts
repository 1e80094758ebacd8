/** What an OTLP attribute value was on the wire. */
export type WireType = 'string' | 'int' | 'double' | 'bool' | 'array' | 'kvlist' | 'bytes' | 'empty';

/** A span as it arrived, decoded: ids in hex, times in nanoseconds, attributes as plain values. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent on a root. */
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** As OTLP counts: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The type that each attribute had on the wire. */
  readonly attributeTypes: Readonly<Record<string, WireType>>;
  readonly events: readonly { name: string; timeUnixNano: bigint; attributes: Record<string, unknown> }[];
  readonly links: readonly { traceId: string; spanId: string; attributes: Record<string, unknown> }[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly scope: { readonly name: string; readonly version?: string };
  readonly resource: Readonly<Record<string, unknown>>;
}

interface AnyValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
  bytesValue?: string;
}

interface KeyValue {
  key: string;
  value?: AnyValue;
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  events?: { name?: string; timeUnixNano: string; attributes?: KeyValue[] }[];
  links?: { traceId: string; spanId: string; attributes?: KeyValue[] }[];
  status?: { code?: number; message?: string };
}

/** The body of an export request, or a line of a trace file. */
export interface TracesData {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string; version?: string }; spans?: OtlpSpan[] }[];
  }[];
}

function decodeValue(value: AnyValue | undefined): [WireType, unknown] {
  if (value?.stringValue !== undefined) return ['string', value.stringValue];
  if (value?.intValue !== undefined) return ['int', Number(value.intValue)];
  if (value?.doubleValue !== undefined) return ['double', value.doubleValue];
  if (value?.boolValue !== undefined) return ['bool', value.boolValue];
  if (value?.arrayValue)
    return ['array', (value.arrayValue.values ?? []).map((item) => decodeValue(item)[1])];
  if (value?.kvlistValue) return ['kvlist', decodeAttributes(value.kvlistValue.values)];
  if (value?.bytesValue !== undefined) return ['bytes', value.bytesValue];
  return ['empty', undefined];
}

function decodeAttributes(list: readonly KeyValue[] | undefined): Record<string, unknown> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, decodeValue(value)[1]]));
}

function wireTypes(list: readonly KeyValue[] | undefined): Record<string, WireType> {
  return Object.fromEntries((list ?? []).map(({ key, value }) => [key, decodeValue(value)[0]]));
}

function decodeSpan(
  span: OtlpSpan,
  of: { scope: ReceivedSpan['scope']; resource: Record<string, unknown> },
): ReceivedSpan {
  const startTimeUnixNano = BigInt(span.startTimeUnixNano);
  const endTimeUnixNano = BigInt(span.endTimeUnixNano);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
    ...(span.traceState ? { traceState: span.traceState } : {}),
    name: span.name ?? '',
    kind: span.kind ?? 0,
    startTimeUnixNano,
    endTimeUnixNano,
    durationMs: Number(endTimeUnixNano - startTimeUnixNano) / 1e6,
    attributes: decodeAttributes(span.attributes),
    attributeTypes: wireTypes(span.attributes),
    events: (span.events ?? []).map((event) => ({
      name: event.name ?? '',
      timeUnixNano: BigInt(event.timeUnixNano),
      attributes: decodeAttributes(event.attributes),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: decodeAttributes(link.attributes),
    })),
    status: {
      code: span.status?.code ?? 0,
      ...(span.status?.message ? { message: span.status.message } : {}),
    },
    ...of,
  };
}

/** All spans of an export request or of a line of a trace file, in their order. Throws on ids or times that are none. */
export function decodeSpans(data: TracesData): ReceivedSpan[] {
  return (data.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const attributes = decodeAttributes(resource?.attributes);
    return (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map((span) =>
        decodeSpan(span, {
          scope: { name: scope?.name ?? '', ...(scope?.version ? { version: scope.version } : {}) },
          resource: attributes,
        }),
      ),
    );
  });
}
