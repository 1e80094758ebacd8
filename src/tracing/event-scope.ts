import type { Span } from '@opentelemetry/api';
import { EVENT_IDS } from './attributes.js';

type EventId = (typeof EVENT_IDS)[number];

/**
 * What is known of the event being handled, carried by the context. A plain object: the preload and the application may have loaded two
 * copies of this file, and `createContextKey` makes the same key in both.
 */
export interface EventScope {
  /** The root span of the event's trace; undefined while it is being started. */
  span: Span | undefined;
  /** `chainId`, `roundId` and `applicationId`, as far as they are known; of a step its own. Another object once one of them has changed. */
  ids: Record<string, string | number | boolean>;
  /** The scope of the whole event, where this is that of one step of it which has ids of its own. */
  readonly event?: EventScope;
  /** What the event was read from, where it was handed out. */
  of?: unknown;
}

/** Copies those of the three ids that `attributes` has into the scope of the event. */
export function learnIds(scope: EventScope, attributes: Record<string, string | number | boolean>): void {
  const event = scope.event ?? scope;
  const { ids } = event;
  let changes = false;
  for (const id of EVENT_IDS)
    if (ids[id] !== undefined && (attributes[id] ?? ids[id]) !== ids[id]) changes = true;
  // Spans that have ended keep those that they knew.
  if (changes) event.ids = { ...ids };
  copyIds(attributes, event.ids);
}

/** An id as it is known in a scope: a step's own comes before that of its event. */
export function idOf(scope: EventScope, id: EventId): string | number | boolean | undefined {
  return scope.ids[id] ?? scope.event?.ids[id];
}

/** The scope below a step that was given ids, which come before those of its event: one of several applications, say. */
export function scopeWithIds(
  scope: EventScope | undefined,
  attributes: Record<string, string | number | boolean>,
): EventScope | undefined {
  if (!scope) return undefined;
  const tellsNothing = (id: EventId): boolean =>
    attributes[id] === undefined || attributes[id] === scope.ids[id];
  if (EVENT_IDS.every(tellsNothing)) return scope;
  return { span: scope.span, ids: idsBelow(scope, attributes), event: scope.event ?? scope };
}

/** The ids of a step's own below `scope`: those that it was given, and those of the step that it is in. */
export function idsBelow(
  scope: EventScope,
  attributes: Record<string, string | number | boolean>,
): EventScope['ids'] {
  const ids: EventScope['ids'] = scope.event ? { ...scope.ids } : {};
  copyIds(attributes, ids);
  return ids;
}

function copyIds(from: Record<string, string | number | boolean>, to: EventScope['ids']): void {
  for (const id of EVENT_IDS) {
    const value = from[id];
    if (value !== undefined) to[id] = value;
  }
}
