import { isEventSpan, isSlow, type Span } from './span.js';

/** Which spans are wanted: all that is given has to hold. Plain data, so that it can be sent to a worker. */
export interface SpanFilter {
  /** The event spans, those of a name (which matches itself and what follows it after `:`), or all. */
  readonly spans: 'events' | 'all' | { readonly named: string };
  /** Only those flagged as slow. */
  readonly slow?: boolean;
  /** Only those with status ERROR. */
  readonly errors?: boolean;
  /** Only those that took at least this long. */
  readonly minDurationMs?: number;
  /** Attributes of the span itself, compared as text; ids written in hex without regard to case. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** What has to hold for the event span of the same trace, which is the span itself where event spans are wanted. */
  readonly event?: EventFilter;
}

/** Conditions that only an event span can meet. */
export interface EventFilter {
  /** `AllocatedWithOrigin`, or with its contract, as the span is named: `Strategy.AllocatedWithOrigin`. */
  readonly name?: string;
  /** As `attributes` above. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What has to hold for another span than those that are wanted, the event of their trace; undefined for nothing. */
export function eventOfOthers({ spans, event }: SpanFilter): EventFilter | undefined {
  return spans === 'events' ? undefined : event;
}

const HEX = /^0x[0-9a-f]+$/i;

/** Whether a value is the one that is wanted; what is written in hex is without regard to case. */
export function isSame(found: string, wanted: string): boolean {
  return found === wanted || (HEX.test(wanted) && found.toLowerCase() === wanted.toLowerCase());
}

function hasAttributes(span: Span, wanted: Readonly<Record<string, string>> | undefined): boolean {
  if (wanted === undefined) return true;
  for (const [key, text] of Object.entries(wanted)) {
    const found = span.attribute(key);
    if (found === undefined || !isSame(String(found), text)) return false;
  }
  return true;
}

/** Whether a name is the one meant, or that with more after a `:`. */
function isNamed(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}:`);
}

function isWantedKind(span: Span, wanted: SpanFilter['spans']): boolean {
  if (wanted === 'all') return true;
  return wanted === 'events' ? isEventSpan(span) : isNamed(span.name, wanted.named);
}

/** Whether an event span meets the conditions on events. */
export function matchesEvent(span: Span, { name, attributes }: EventFilter): boolean {
  const isThisEvent = name === undefined || span.name === name || span.attribute('eventName') === name;
  return isThisEvent && hasAttributes(span, attributes);
}

/** Whether a span is wanted, as far as the span itself can tell: what has to hold for another span, its trace's event, is not looked at. */
export function matches(span: Span, filter: SpanFilter): boolean {
  return (
    (!filter.slow || isSlow(span)) &&
    (!filter.errors || span.status === 'error') &&
    span.durationMs >= (filter.minDurationMs ?? 0) &&
    isWantedKind(span, filter.spans) &&
    hasAttributes(span, filter.attributes) &&
    (filter.event === undefined || filter.spans !== 'events' || matchesEvent(span, filter.event))
  );
}
