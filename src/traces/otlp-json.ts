import { isObject, type JsonObject, objectsOf } from './json-value.js';
import type { AttributeValue, Span, SpanEvent, SpanKind, SpanStatus } from './span.js';
import { readSpanId, readTraceId } from './span-id.js';

/** The spans of one piece of OTLP JSON, and a word on each that could not be read. */
export interface SpansRead {
  readonly spans: readonly Span[];
  readonly faults: readonly string[];
}

const KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

function kindOf(value: unknown): SpanKind {
  if (typeof value === 'number') return KINDS[value] ?? 'internal';
  const name = typeof value === 'string' ? value.replace('SPAN_KIND_', '').toLowerCase() : '';
  return KINDS.find((kind) => kind === name) ?? 'internal';
}

function scalarOf(value: unknown): AttributeValue | undefined {
  if (!isObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (typeof doubleValue === 'number') return doubleValue;
  const int = Number(intValue ?? Number.NaN);
  if (Number.isSafeInteger(int)) return int;
  return typeof intValue === 'string' ? intValue : undefined;
}

function attributeOf(attributes: unknown, name: string): AttributeValue | undefined {
  for (const attribute of objectsOf(attributes)) {
    if (attribute['key'] === name) return scalarOf(attribute['value']);
  }
  return undefined;
}

/** Nanoseconds since 1970 as OTLP JSON has them: a string of digits, or a number (which has lost its last digits already). */
function nanosOf(value: unknown): bigint | undefined {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? BigInt(Math.round(value))
    : undefined;
}

function statusOf(value: unknown): SpanStatus {
  const code = isObject(value) ? value['code'] : undefined;
  if (code === 2 || code === 'STATUS_CODE_ERROR') return 'error';
  return code === 1 || code === 'STATUS_CODE_OK' ? 'ok' : 'unset';
}

function attributesOf(attributes: unknown): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  for (const { key, value } of objectsOf(attributes)) {
    const scalar = scalarOf(value);
    if (typeof key === 'string' && scalar !== undefined) found[key] = scalar;
  }
  return found;
}

function eventsOf(events: unknown): SpanEvent[] {
  return objectsOf(events).map(({ name, timeUnixNano, attributes }) => ({
    name: typeof name === 'string' ? name : '',
    unixMs: Number(nanosOf(timeUnixNano) ?? 0n) / 1e6,
    attributes: attributesOf(attributes),
  }));
}

function readSpan(span: JsonObject, serviceName: string | undefined): Span | string {
  const { name, attributes } = span;
  const traceId = readTraceId(span['traceId']);
  const spanId = readSpanId(span['spanId']);
  const start = nanosOf(span['startTimeUnixNano']);
  const end = nanosOf(span['endTimeUnixNano']);
  if (traceId === undefined) return 'has no valid traceId';
  if (spanId === undefined) return 'has no valid spanId';
  if (typeof name !== 'string') return 'has no name';
  if (start === undefined) return 'has no valid startTimeUnixNano';
  if (end === undefined) return 'has no valid endTimeUnixNano';
  if (end < start) return 'ends before it begins';
  return {
    traceId,
    spanId,
    parentSpanId: readSpanId(span['parentSpanId']),
    name,
    kind: kindOf(span['kind']),
    serviceName,
    startUnixMs: Number(start / 1000n) / 1000,
    durationMs: Number(end - start) / 1e6,
    status: statusOf(span['status']),
    attribute: (key) => attributeOf(attributes, key),
    details: {
      attributes: () => attributesOf(attributes),
      events: () => eventsOf(span['events']),
    },
  };
}

function serviceNameOf(resourceSpans: JsonObject): string | undefined {
  const resource = resourceSpans['resource'];
  const name = isObject(resource) ? attributeOf(resource['attributes'], 'service.name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Reads the spans out of `{"resourceSpans":[…]}`. Never throws: a span that is not as OTLP has it becomes a fault. */
export function readOtlpJson(data: JsonObject): SpansRead {
  const spans: Span[] = [];
  const faults: string[] = [];
  for (const resourceSpans of objectsOf(data['resourceSpans'])) {
    const serviceName = serviceNameOf(resourceSpans);
    for (const scopeSpans of objectsOf(resourceSpans['scopeSpans'])) {
      for (const raw of objectsOf(scopeSpans['spans'])) {
        const span = readSpan(raw, serviceName);
        if (typeof span === 'string') faults.push(span);
        else spans.push(span);
      }
    }
  }
  return { spans, faults };
}
