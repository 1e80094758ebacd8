import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import { EVENT_IDS } from '../src/tracing/attributes.js';
import { type SpanRecord, toSpanRecord } from './export/span-record.js';
import { nowMs } from './now-ms.js';
import { setOwnAttribute } from './own-attribute.js';
import { type TimedSpan, toTimedSpan } from './self-time.js';
import { clockOriginMs } from './trace-clock.js';

/** Of spans that left early or were given up only times and names are kept, for the cause of a slow event; so many a trace at most. */
const MOST_TIMED_SPANS = 10_000;

/** A trace of which a span is open, or whose spans wait for its root. */
export interface OpenTrace {
  readonly traceId: string;
  readonly root: Span;
  readonly startedAtMs: number;
  readonly originMs: number;
  readonly open: Map<string, Span>;
  ended: ReadableSpan[];
  /** Those that left, or were given up, before the root ended. */
  left: TimedSpan[];
  /** One of its spans was slow, failed or interrupted, or a part of it has left already: the trace is exported whatever the ratio. */
  isImportant: boolean;
  /** What comes of it later has to follow, or there would be a hole in it. */
  hasLeftInPart: boolean;
  hasRootEnded: boolean;
  /** `undefined` until that is decided: when the root has ended, or, of a fast trace that is thinned out, when its last span has. */
  isExported: boolean | undefined;
  /** There was no room for it: none of its spans is exported, so that there are no holes in a trace. */
  isGivenUp: boolean;
}

/** A trace that begins with `root`: the first of its spans that this process knows of. */
export function openTrace(root: Span): OpenTrace {
  return {
    traceId: root.spanContext().traceId,
    root,
    startedAtMs: nowMs(),
    originMs: clockOriginMs(),
    open: new Map(),
    ended: [],
    left: [],
    isImportant: false,
    hasLeftInPart: false,
    hasRootEnded: false,
    isExported: undefined,
    isGivenUp: false,
  };
}

/** Ids that a trace came to know, by their names. */
type Ids = readonly (readonly [string, string | number | boolean])[];

/** Whether a span keeps its trace, whatever share of the fast ones is exported. */
export function isImportant(span: ReadableSpan): boolean {
  return span.attributes['slow'] === true || span.status.code === SpanStatusCode.ERROR;
}

/** The ids of a trace: the root's; where the root has none, that of its spans if they agree. */
export function knownIds(root: ReadableSpan, spans: readonly ReadableSpan[]): Ids {
  const ids: [string, string | number | boolean][] = [];
  for (const id of EVENT_IDS) {
    let known = root.attributes[id];
    if (known === undefined) {
      const values = new Set(spans.map((span) => span.attributes[id]));
      values.delete(undefined);
      known = values.size === 1 ? [...values][0] : undefined;
    }
    if (known !== undefined && typeof known !== 'object') ids.push([id, known]);
  }
  return ids;
}

/** Keeps of spans that go only when they were and what they are called. */
export function keepTimes(trace: OpenTrace, spans: readonly ReadableSpan[]): void {
  const room = MOST_TIMED_SPANS - trace.left.length;
  for (const span of spans.slice(0, Math.max(room, 0))) trace.left.push(toTimedSpan(span));
}

/** Those still open when the root ends get the ids now: they will follow alone. */
export function shareIds(trace: OpenTrace): void {
  if (trace.open.size === 0) return;
  const ids = knownIds(trace.root, trace.ended);
  for (const span of trace.open.values()) {
    for (const [id, value] of ids) if (span.attributes[id] === undefined) setOwnAttribute(span, id, value);
  }
}

/** A span as it leaves, with those of the ids that it does not have. */
export function toRecordWith(span: ReadableSpan, ids: Ids): SpanRecord {
  if (span.links.length > 0) dropDeadLinks(span);
  const record = toSpanRecord(span);
  for (const [id, value] of ids) record.attributes[id] ??= value;
  return record;
}

/** A link of the application's own to nothing must not cost the trace. */
function dropDeadLinks(span: ReadableSpan): void {
  const alive = span.links.filter((link) => typeof link.context?.traceId === 'string');
  span.links.splice(0, span.links.length, ...alive);
}
