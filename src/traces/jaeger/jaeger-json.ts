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

function tagOf(tags: unknown, name: string): AttributeValue | undefined {
  const tag = objectsOf(tags).find(({ key }) => key === name);
  return tag === undefined ? undefined : tagValueOf(tag);
}

function tagsOf(tags: unknown): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  for (const tag of objectsOf(tags)) {
    const value = tagValueOf(tag);
    if (typeof tag['key'] === 'string' && value !== undefined) found[tag['key']] = value;
  }
  return found;
}

function statusOf(tags: unknown): SpanStatus {
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
  const parent = objectsOf(span['references']).find(
    (reference) => reference['refType'] === 'CHILD_OF' && readTraceId(reference['traceID']) === traceId,
  );
  return readSpanId(parent?.['spanID'] ?? span['parentSpanID']);
}

function readSpan(span: JsonObject, processes: JsonObject): Span | string {
  const { operationName: name, startTime: startMicros, duration: durationMicros, tags } = span;
  const traceId = readTraceId(span['traceID']);
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

/** Reads the spans out of Jaeger's own JSON, the `data` of `/api/traces`. Never throws: a span that cannot be read becomes a fault. */
export function readJaegerJson(data: readonly JsonObject[]): SpansRead {
  const spans: Span[] = [];
  const faults: string[] = [];
  for (const trace of data) {
    const processes = isObject(trace['processes']) ? trace['processes'] : {};
    for (const raw of objectsOf(trace['spans'])) {
      const span = readSpan(raw, processes);
      if (typeof span === 'string') faults.push(span);
      else spans.push(span);
    }
  }
  return { spans, faults };
}
