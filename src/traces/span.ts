/** The value of a span's attribute. An array or a map is its JSON, bytes are base64, an int that a number cannot hold is its digits. */
export type AttributeValue = string | number | boolean;

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanStatus = 'unset' | 'ok' | 'error';

/** Something that happened within a span: an exception, a retry. */
export interface SpanEvent {
  readonly name: string;
  /** Milliseconds since 1970, with a fraction. */
  readonly unixMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** One finished span, the same whatever it was read from. */
export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** 16 lower-case hex digits, or undefined for a root. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  /** `service.name` of the resource. */
  readonly serviceName: string | undefined;
  /** Milliseconds since 1970, with a fraction. */
  readonly startUnixMs: number;
  /** Milliseconds, with a fraction; never negative. */
  readonly durationMs: number;
  readonly status: SpanStatus;
  attribute(name: string): AttributeValue | undefined;
  /** The attributes and events that were asked for: all there are, where a search's `fields` are `all`. */
  readonly details: SpanDetails;
}

/** What only a look at a single trace needs; read when asked for. */
export interface SpanDetails {
  attributes(): Readonly<Record<string, AttributeValue>>;
  events(): readonly SpanEvent[];
}

/** True for the root span of an event's trace: other roots (`fetchEvents`, say) are neither consumers nor do they name an event. */
export function isEventSpan(span: Span): boolean {
  return (
    (span.kind === 'consumer' || span.attribute('eventName') !== undefined) && span.parentSpanId === undefined
  );
}

/** True where the span was flagged as slow. Some stores keep a bool as a string. */
export function isSlow(span: Span): boolean {
  const slow = span.attribute('slow');
  return slow === true || slow === 'true';
}
