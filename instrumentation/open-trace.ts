import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, Span } from '@opentelemetry/sdk-trace-base';
import { EVENT_IDS } from '../src/tracing/attributes.js';
import type { EventScope } from '../src/tracing/event-scope.js';
import { type SpanRecord, toSpanRecord } from './export/span-record.js';
import { nowMs } from './now-ms.js';
import { RecordedSpan } from './recorder/recorded-span.js';
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
  /** Its spans in the order they started, at least those that are open. */
  started: Span[];
  openSpans: number;
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
  /** What it came to know of ids by the time that it left; spans that end later get them, too. */
  ids: Attributes;
}

const NO_IDS: Attributes = Object.freeze({});

/** So many that have ended may stay among the started ones, before these are gone through. */
const MOST_ENDED_AMONG_STARTED = 64;

/** Notes that a span of the trace has started. */
export function noteStart(trace: OpenTrace, span: Span): void {
  trace.openSpans++;
  if (trace.started.length >= 2 * trace.openSpans + MOST_ENDED_AMONG_STARTED)
    trace.started = trace.started.filter(isOpen);
  trace.started.push(span);
}

/** The spans of a trace that have not ended, in the order they started. */
export function openSpansOf(trace: OpenTrace): Span[] {
  return trace.started.filter(isOpen);
}

/** Whether its end has not come here yet. */
function isOpen(span: Span): boolean {
  return span instanceof RecordedSpan ? !span.isSettled : !span.ended;
}

/** A trace that begins with `root`: the first of its spans that this process knows of. */
export function openTrace(root: Span): OpenTrace {
  return {
    traceId: root.spanContext().traceId,
    root,
    startedAtMs: nowMs(),
    originMs: clockOriginMs(),
    started: [],
    openSpans: 0,
    ids: NO_IDS,
    ended: [],
    left: [],
    isImportant: false,
    hasLeftInPart: false,
    hasRootEnded: false,
    isExported: undefined,
    isGivenUp: false,
  };
}

/** Whether a span keeps its trace, whatever share of the fast ones is exported. */
export function isImportant(span: ReadableSpan): boolean {
  return span.status.code === SpanStatusCode.ERROR || span.attributes['slow'] === true;
}

/** The ids of a trace: the root's; where the root has none, that of its spans if they agree. */
export function knownIds(root: ReadableSpan, spans: readonly ReadableSpan[]): Attributes {
  const ids: Attributes = {};
  for (const id of EVENT_IDS) {
    let known = root.attributes[id];
    if (known === undefined) {
      const values = new Set(spans.map((span) => span.attributes[id]));
      values.delete(undefined);
      known = values.size === 1 ? [...values][0] : undefined;
    }
    if (known !== undefined && typeof known !== 'object') ids[id] = known;
  }
  return ids;
}

/** Keeps of spans that go only when they were and what they are called. */
export function keepTimes(trace: OpenTrace, spans: readonly ReadableSpan[]): void {
  const room = MOST_TIMED_SPANS - trace.left.length;
  for (const span of spans.slice(0, Math.max(room, 0))) trace.left.push(toTimedSpan(span));
}

interface KnownIds {
  /** Those of its event, by the time that it ended. */
  readonly eventIds: Attributes;
  /** Those of the step that it is below, which come first. */
  readonly ofStep: Attributes | undefined;
}

/**
 * The ids of spans in a trace that came to know `ids`: those of the step that a span is below come first, then those that its event had when the
 * span ended, should they have become others since, or not be known to the trace, which may be over.
 */
class IdsOfSpans {
  readonly #ids: Attributes;
  #last: (KnownIds & { readonly all: Attributes }) | undefined;

  constructor(ids: Attributes) {
    this.#ids = ids;
  }

  of(span: RecordedSpan): Attributes {
    const { scope, eventIds } = span;
    if (!scope || !eventIds || !isOfTrace(scope, span)) return this.#ids;
    const ofStep = scope.event && scope.ids;
    const last = this.#last;
    // Those of one step come one after the other.
    if (last?.eventIds === eventIds && last.ofStep === ofStep) return last.all;
    const all = this.#allOf({ eventIds, ofStep });
    this.#last = { eventIds, ofStep, all };
    return all;
  }

  /** The same object as those of the trace where the others add nothing. */
  #allOf({ eventIds, ofStep }: KnownIds): Attributes {
    for (const id of EVENT_IDS) {
      const own = ofStep?.[id] ?? eventIds[id];
      if (own !== undefined && own !== this.#ids[id]) return { ...this.#ids, ...eventIds, ...ofStep };
    }
    return this.#ids;
  }
}

/** A trace of its own may have been started inside of an event. */
function isOfTrace({ span: event }: EventScope, { trace }: RecordedSpan): boolean {
  return event?.spanContext().traceId === trace.traceId;
}

/** Spans as they leave, with those of the ids that they do not have. */
export function toRecordsWith(spans: readonly ReadableSpan[], ids: Attributes): SpanRecord[] {
  const idsOfSpans = new IdsOfSpans(ids);
  return spans.map((span) => {
    if (span.links.length > 0) dropDeadLinks(span);
    const record = toSpanRecord(span);
    if (span instanceof RecordedSpan) span.ids = idsOfSpans.of(span);
    else for (const id of EVENT_IDS) if (ids[id] !== undefined) record.attributes[id] ??= ids[id];
    return record;
  });
}

/** A link of the application's own to nothing must not cost the trace. */
function dropDeadLinks(span: ReadableSpan): void {
  const alive = span.links.filter(
    ({ context }) => typeof context?.traceId === 'string' && typeof context.spanId === 'string',
  );
  span.links.splice(0, span.links.length, ...alive);
}
