import { type Context, context, createContextKey, type Span } from '@opentelemetry/api';
import { EVENT_IDS } from './attributes.js';

/**
 * What is known of the event being handled, carried by the context. A plain object: the preload and the application may have loaded two
 * copies of this file, and `createContextKey` makes the same key in both.
 */
export interface EventScope {
  /** The root span of the event's trace. */
  readonly span: Span;
  /** `chainId`, `roundId` and `applicationId`, as far as they are known. */
  readonly ids: Record<string, string | number | boolean>;
}

const EVENT_SCOPE = createContextKey('grants-otel.event-scope');

/** The scope of the event that `of` belongs to, or undefined outside of one. */
export function eventScopeOf(of: Context = context.active()): EventScope | undefined {
  return of.getValue(EVENT_SCOPE) as EventScope | undefined;
}

/** A context in which `scope` is the event being handled. */
export function withEventScope(of: Context, scope: EventScope): Context {
  return of.setValue(EVENT_SCOPE, scope);
}

/** Copies those of the three ids that `attributes` has into the scope. */
export function learnIds(scope: EventScope, attributes: Record<string, string | number | boolean>): void {
  for (const id of EVENT_IDS) {
    const value = attributes[id];
    if (value !== undefined) scope.ids[id] = value;
  }
}
