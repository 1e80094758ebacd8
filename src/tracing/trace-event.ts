import { context, type Link, SpanKind, trace } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { type EventScope, eventScopeOf, learnIds, withEventScope } from './event-scope.js';
import { runInSpan } from './run-in-span.js';
import { tracer } from './tracer.js';

/** An event of a contract, as far as it is known before it is handled. */
export interface TracedEvent extends TraceAttributes {
  readonly chainId: number | bigint;
  readonly contractName: string;
  readonly eventName: string;
  /** Time of the block in milliseconds since 1970; `blockAgeMs` is told from it. */
  readonly blockTimestampMs?: number | undefined;
  /** The step that fetched the event: its trace is linked from the event's. */
  readonly fetchedBy?: Link | undefined;
}

/**
 * Handles one event as a trace of its own: a root span `<contractName>.<eventName>` of kind CONSUMER, under which every `traceStep`, SQL
 * statement and `setEventAttributes` inside `handle` finds its place. What `handle` returns or throws is passed on as it is; a failure
 * sets the span's status and `error.type`. With no SDK registered this only calls `handle`.
 */
export function traceEvent<T>(event: TracedEvent, handle: () => T): T {
  const { blockTimestampMs, fetchedBy, ...attributes } = event;
  const startedAtMs = Date.now();
  const parent = context.active();
  const span = tracer().startSpan(
    `${event.contractName}.${event.eventName}`,
    { root: true, kind: SpanKind.CONSUMER, ...(fetchedBy ? { links: [fetchedBy] } : {}) },
    parent,
  );
  const scope: EventScope = { span, ids: {} };
  if (span.isRecording()) {
    const known = toSpanAttributes({
      ...attributes,
      ...(blockTimestampMs === undefined ? {} : { blockAgeMs: Math.round(startedAtMs - blockTimestampMs) }),
    });
    learnIds(scope, known);
    span.setAttributes(known);
  }
  return runInSpan(span, withEventScope(trace.setSpan(parent, span), scope), handle);
}

/**
 * Tells the event being handled what has become known of it: `setEventAttributes({ roundId })` in a look-up puts the id on the event span
 * at once, and on every other span of its trace by the time that is exported. Outside of an event it does nothing.
 */
export function setEventAttributes(attributes: TraceAttributes): void {
  const scope = eventScopeOf();
  if (!scope?.span.isRecording()) return;
  const known = toSpanAttributes(attributes);
  learnIds(scope, known);
  scope.span.setAttributes(known);
}
