import { isObject, type JsonObject, objectsOf } from './json-value.js';
import type { AttributeValue, Span, SpanDetails, SpanEvent, SpanKind, SpanStatus } from './span.js';
import { readSpanId, readTraceId } from './span-id.js';

/** The spans of one piece of OTLP JSON, and a word on each that could not be read. */
export interface SpansRead {
  readonly spans: readonly Span[];
  readonly faults: readonly string[];
}

/** By their numbers in OTLP. */
export const SPAN_KINDS: readonly SpanKind[] = [
  'internal',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];

function kindOf(value: unknown): SpanKind {
  if (typeof value === 'number') return SPAN_KINDS[value] ?? 'internal';
  const name = typeof value === 'string' ? value.replace('SPAN_KIND_', '').toLowerCase() : '';
  return SPAN_KINDS.find((kind) => kind === name) ?? 'internal';
}

function intOf(value: unknown): AttributeValue | undefined {
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const int = Number(value);
  return Number.isSafeInteger(int) ? int + 0 : value;
}

function doubleOf(value: unknown): AttributeValue | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const double = Number(value);
  return Number.isNaN(double) && value !== 'NaN' ? value : double;
}

/** An array or a map of OTLP as plain JSON. */
function plainOf(value: unknown): unknown {
  if (!isObject(value)) return null;
  const { arrayValue, kvlistValue } = value;
  if (isObject(arrayValue)) {
    return Array.isArray(arrayValue['values']) ? arrayValue['values'].map(plainOf) : [];
  }
  if (isObject(kvlistValue)) {
    return Object.fromEntries(
      objectsOf(kvlistValue['values']).map((entry) => [String(entry['key']), plainOf(entry['value'])]),
    );
  }
  return anyValueOf(value) ?? null;
}

/**
 * A value of OTLP. An int is a string where a number would not be exact; an array or a map is its JSON, `["a",1]`; bytes stay in
 * base64. Undefined for the empty value, and for what is none.
 */
export function anyValueOf(value: unknown): AttributeValue | undefined {
  if (!isObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (isObject(value['arrayValue']) || isObject(value['kvlistValue'])) return JSON.stringify(plainOf(value));
  if (typeof bytesValue === 'string') return bytesValue;
  return doubleOf(doubleValue) ?? intOf(intValue);
}

function attributeOf(attributes: unknown, name: string): AttributeValue | undefined {
  for (const attribute of objectsOf(attributes)) {
    if (attribute['key'] === name) return anyValueOf(attribute['value']);
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
    const read = anyValueOf(value);
    if (typeof key === 'string' && read !== undefined && !Object.hasOwn(found, key)) found[key] = read;
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

/** What a span in OTLP JSON has of attributes and events. Of two attributes with one key the first counts. */
export function otlpDetails(span: JsonObject): SpanDetails {
  return {
    attributes: () => attributesOf(span['attributes']),
    events: () => eventsOf(span['events']),
  };
}

/** A span in OTLP JSON, or a word on why it is none. */
export function readOtlpSpan(span: JsonObject, serviceName: string | undefined): Span | string {
  const { name = '', attributes } = span;
  const traceId = readTraceId(span['traceId']);
  const spanId = readSpanId(span['spanId']);
  const start = nanosOf(span['startTimeUnixNano']);
  const end = nanosOf(span['endTimeUnixNano']);
  if (traceId === undefined) return 'has no valid traceId';
  if (spanId === undefined) return 'has no valid spanId';
  if (typeof name !== 'string') return 'has a name that is no text';
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
    details: otlpDetails(span),
  };
}

/** `service.name` of an OTLP resource. */
export function serviceNameOf(resource: unknown): string | undefined {
  const name = isObject(resource) ? attributeOf(resource['attributes'], 'service.name') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Reads the spans out of `{"resourceSpans":[…]}`. Never throws: a span that is not as OTLP has it becomes a fault. */
export function readOtlpJson(data: JsonObject): SpansRead {
  const spans: Span[] = [];
  const faults: string[] = [];
  for (const resourceSpans of objectsOf(data['resourceSpans'])) {
    const serviceName = serviceNameOf(resourceSpans['resource']);
    // Until version 0.15 of OTLP they were called by another name.
    const scopes = resourceSpans['scopeSpans'] ?? resourceSpans['instrumentationLibrarySpans'];
    for (const scopeSpans of objectsOf(scopes)) {
      for (const raw of objectsOf(scopeSpans['spans'])) {
        const span = readOtlpSpan(raw, serviceName);
        if (typeof span === 'string') faults.push(span);
        else spans.push(span);
      }
    }
  }
  return { spans, faults };
}
