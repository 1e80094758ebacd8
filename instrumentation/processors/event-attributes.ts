import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { EVENT_IDS } from '../../src/tracing/attributes.js';
import { type EventScope, idOf } from '../../src/tracing/event-scope.js';
import { eventScopeOf } from '../../src/tracing/step-context.js';
import { setOwnAttribute } from '../own-attribute.js';
import { RecordedSpan } from '../recorder/recorded-span.js';
import { doNothing } from './guarded-processor.js';

/**
 * Puts `chainId`, `roundId` and `applicationId` on every span that starts inside an event: those known at its start at once, and those that
 * became known while it ran when it ends. Spans that ended before an id was known get it in the trace buffer.
 */
export class EventAttributesProcessor implements SpanProcessor {
  readonly #scopes = new WeakMap<ReadableSpan, EventScope>();

  onStart(span: Span, parentContext: Context): void {
    const scope = eventScopeOf(parentContext);
    // The event's own span is started before the scope has it.
    if (!scope || (scope.span && scope.span.spanContext().traceId !== span.spanContext().traceId)) return;
    // A span that has all ids at its start need not be found again at its end.
    if (copyMissing(scope, span) < EVENT_IDS.length) this.#scopes.set(span, scope);
  }

  onEnding(span: Span): void {
    const scope = this.#scopes.get(span);
    if (scope) copyMissing(scope, span);
  }

  readonly onEnd = doNothing;

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** The same for the spans of the recorder: the event's own gets its ids here, all others get them in the trace buffer. */
export class RecordedEventIdsProcessor implements SpanProcessor {
  readonly onStart = doNothing;
  readonly onEnd = doNothing;

  onEnding(span: Span): void {
    if (span instanceof RecordedSpan) giveEventIds(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Gives the span of an event the ids of that event; all others are left as they are. */
export function giveEventIds(span: RecordedSpan): void {
  if (span.scope?.span === span) copyMissing(span.scope, span);
}

/** Copies what the span does not have yet, and returns how many of the ids are known. */
function copyMissing(scope: EventScope, span: Span): number {
  let known = 0;
  for (const id of EVENT_IDS) {
    const value = idOf(scope, id);
    if (value === undefined) continue;
    known++;
    if (span.attributes[id] === undefined) setOwnAttribute(span, id, value);
  }
  return known;
}
