import { isObject, type JsonObject, objectsOf } from '../json-value.js';
import type { SpansRead } from '../otlp-json.js';
import type { AttributeValue, Span, SpanKind } from '../span.js';
import { readSpanId, readTraceId } from '../span-id.js';

const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer'];

function tagOf(tags: unknown, name: string): AttributeValue | undefined {
  for (const tag of objectsOf(tags)) {
    if (tag['key'] !== name) continue;
    const { type, value } = tag;
    if (type === 'int64' && typeof value === 'string') {
      const int = Number(value);
      return Number.isSafeInteger(int) ? int : value;
    }
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : undefined;
  }
  return undefined;
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
    attribute: (key) => tagOf(tags, key),
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
