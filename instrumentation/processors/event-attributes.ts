import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { type EventScope, eventScopeOf } from '../../src/tracing/event-scope.js';
import { setOwnAttribute } from '../own-attribute.js';

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
    this.#scopes.set(span, scope);
    copyMissing(scope, span);
  }

  onEnding(span: Span): void {
    const scope = this.#scopes.get(span);
    if (scope) copyMissing(scope, span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function copyMissing(scope: EventScope, span: Span): void {
  for (const id in scope.ids) {
    const value = scope.ids[id];
    if (value !== undefined && span.attributes[id] === undefined) setOwnAttribute(span, id, value);
  }
}
