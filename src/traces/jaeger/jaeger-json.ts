import { isObject, type JsonObject, objectsOf } from '../json-value.js';
import type { SpansRead } from '../otlp-json.js';
import type { AttributeValue, Span, SpanEvent, SpanKind, SpanStatus } from '../span.js';
import { readSpanId, readTraceId } from '../span-id.js';

const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];

function tagValueOf({ type, value }: JsonObject): AttributeValue | undefined {
  if (type === 'int64' && typeof value === 'string') {
    const int = Number(value);
    return Number.isSafeInteger(int) ? int : value;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

function tagOf(tags: readonly unknown[], name: string): AttributeValue | undefined {
  for (const tag of tags) {
    if (isObject(tag) && tag['key'] === name) return tagValueOf(tag);
  }
  return undefined;
}

function tagsOf(tags: unknown): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  for (const tag of objectsOf(tags)) {
    const value = tagValueOf(tag);
    if (typeof tag['key'] === 'string' && value !== undefined) found[tag['key']] = value;
  }
  return found;
}

function statusOf(tags: readonly unknown[]): SpanStatus {
  const code = tagOf(tags, 'otel.status_code');
  if (code === 'ERROR' || tagOf(tags, 'error') === true) return 'error';
  return code === 'OK' ? 'ok' : 'unset';
}

function eventsOf(logs: unknown): SpanEvent[] {
  return objectsOf(logs).map(({ timestamp, fields }) => {
    const { event, ...attributes } = tagsOf(fields);
    const unixMs = typeof timestamp === 'number' ? timestamp / 1000 : 0;
    return { name: String(event ?? ''), unixMs, attributes };
  });
}

/** A link to another trace is a reference too: only CHILD_OF within the same trace is a parent. */
function parentOf(span: JsonObject, traceId: string): string | undefined {
  const parent = arrayOf(span['references']).find(
    (reference): reference is JsonObject =>
      isObject(reference) &&
      reference['refType'] === 'CHILD_OF' &&
      (reference['traceID'] === span['traceID'] || readTraceId(reference['traceID']) === traceId),
  );
  return readSpanId(parent?.['spanID'] ?? span['parentSpanID']);
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function readSpan(span: JsonObject, processes: JsonObject, readTrace: typeof readTraceId): Span | string {
  const { operationName: name, startTime: startMicros, duration: durationMicros } = span;
  const tags = arrayOf(span['tags']);
  const traceId = readTrace(span['traceID']);
  const spanId = readSpanId(span['spanID']);
  if (traceId === undefined) return 'has no valid traceID';
  if (spanId === undefined) return 'has no valid spanID';
  if (typeof name !== 'string') return 'has no operationName';
  if (typeof startMicros !== 'number') return 'has no valid startTime';
  if (typeof durationMicros !== 'number' || durationMicros < 0) return 'has no valid duration';
  const process = processes[String(span['processID'])];
  const serviceName = isObject(process) ? process['serviceName'] : undefined;
  const kind = tagOf(tags, 'span.kind');
  return {
    traceId,
    spanId,
    parentSpanId: parentOf(span, traceId),
    name,
    kind: KINDS.find((known) => known === kind) ?? 'internal',
    serviceName: typeof serviceName === 'string' ? serviceName : undefined,
    startUnixMs: startMicros / 1000,
    durationMs: durationMicros / 1000,
    status: statusOf(tags),
    attribute: (key) => tagOf(tags, key),
    details: { attributes: () => tagsOf(tags), events: () => eventsOf(span['logs']) },
  };
}

/** Reads ids of traces; the same text as the last one is not read again. */
function rememberingReader(): typeof readTraceId {
  let last: { readonly text: unknown; readonly id: string | undefined } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, id: readTraceId(text) };
    return last?.id;
  };
}

/** Reads the spans out of Jaeger's own JSON, the `data` of `/api/traces`. Never throws: a span that cannot be read becomes a fault. */
export function readJaegerJson(data: readonly JsonObject[]): SpansRead {
  const spans: Span[] = [];
  const faults: string[] = [];
  const readTrace = rememberingReader();
  for (const trace of data) {
    const processes = isObject(trace['processes']) ? trace['processes'] : {};
    for (const raw of objectsOf(trace['spans'])) {
      const span = readSpan(raw, processes, readTrace);
      if (typeof span === 'string') faults.push(span);
      else spans.push(span);
    }
  }
  return { spans, faults };
}
