import { type Context, context, createContextKey, type Span } from '@opentelemetry/api';
import { EVENT_IDS } from './attributes.js';

/**
 * What is known of the event being handled, carried by the context. A plain object: the preload and the application may have loaded two
 * copies of this file, and `createContextKey` makes the same key in both.
 */
export interface EventScope {
  /** The root span of the event's trace; undefined while it is being started. */
  span: Span | undefined;
  /** `chainId`, `roundId` and `applicationId`, as far as they are known. */
  readonly ids: Record<string, string | number | boolean>;
  /** The scope of the whole event, where this is that of one step of it which has ids of its own. */
  readonly event?: EventScope;
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

/** Copies those of the three ids that `attributes` has into the scope of the event. */
export function learnIds(scope: EventScope, attributes: Record<string, string | number | boolean>): void {
  const { ids } = scope.event ?? scope;
  copyIds(attributes, ids);
}

/** A context in which the ids that a step was given come before those of its event: one of several applications, say. */
export function withIdsOfStep(of: Context, attributes: Record<string, string | number | boolean>): Context {
  const scope = eventScopeOf(of);
  if (!scope || EVENT_IDS.every((id) => attributes[id] === undefined)) return of;
  // What the event learns later shows through.
  const ids = Object.create(scope.ids) as EventScope['ids'];
  copyIds(attributes, ids);
  return withEventScope(of, { span: scope.span, ids, event: scope.event ?? scope });
}

function copyIds(from: Record<string, string | number | boolean>, to: EventScope['ids']): void {
  for (const id of EVENT_IDS) {
    const value = from[id];
    if (value !== undefined) to[id] = value;
  }
}
