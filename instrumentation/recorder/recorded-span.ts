import { performance } from 'node:perf_hooks';
import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
  type TraceState,
} from '@opentelemetry/api';
import {
  hrTimeToMilliseconds,
  type InstrumentationScope,
  isAttributeValue,
  isTimeInput,
  isTimeInputHrTime,
  millisToHrTime,
  sanitizeAttributes,
} from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, Span, TimedEvent } from '@opentelemetry/sdk-trace-base';
import type { EventScope } from '../../src/tracing/event-scope.js';
import { toHrTime } from '../trace-clock.js';

/** What the spans of one trace share. */
export interface RecordedTrace {
  readonly traceId: string;
  readonly traceState: TraceState | undefined;
  /** What the fine clock has to be added to, to get milliseconds since 1970: one for a trace, so that its spans fit together. */
  readonly originMs: number;
}

/** What the spans of one process share, and who is told of their ends. */
export interface RecordedIn {
  readonly resource: Resource;
  /** The span has its end. Must not throw. */
  onEnd(span: RecordedSpan): void;
}

/** Where a span belongs. */
export interface Below {
  readonly trace: RecordedTrace;
  /** Of the parent, if it was recorded here. */
  readonly spanId: string | undefined;
  /** The parent, if it was not. */
  readonly other?: SpanContext | undefined;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly spanId: string;
  readonly below: Below;
  readonly instrumentationScope: InstrumentationScope;
  readonly scope: EventScope | undefined;
  readonly startTime: TimeInput | undefined;
  /** By the fine clock, where it started before it was made. */
  readonly startedAtMs: number | undefined;
  readonly in: RecordedIn;
}

/** The limits of the SDK, where no variable sets others. */
const MOST_ATTRIBUTES = 128;
const MOST_EVENTS = 128;
const MOST_LINKS = 128;

const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });
const NO_EVENTS: readonly TimedEvent[] = Object.freeze([]);
const NO_LINKS: readonly Link[] = Object.freeze([]);

/**
 * A span as the SDK's, in a form that costs the thread of the host a fraction: whole numbers for its times, nothing made before it is asked for,
 * and what many spans have in common in one place.
 */
export class RecordedSpan implements Span {
  name: string;
  readonly kind: SpanKind;
  readonly spanId: string;
  readonly trace: RecordedTrace;
  readonly parentSpanId: string | undefined;
  readonly instrumentationScope: InstrumentationScope;
  /** The event that it was started in. */
  readonly scope: EventScope | undefined;
  /** The ids of that event at the end of the span: what becomes known later is in it, too, but no change. */
  eventIds: EventScope['ids'] | undefined;
  /** Those of the span alone. */
  attributes: Attributes = {};
  /** Those of many spans, which leave with each of them that has no such attribute itself. */
  shared: Attributes | undefined;
  /** Ids of its trace, in the same way; set when it leaves. */
  ids: Attributes | undefined;
  status: SpanStatus = UNSET;
  events = NO_EVENTS as TimedEvent[];
  links = NO_LINKS as Link[];
  ended = false;
  /** Whether the processors were told of its end. */
  isSettled = false;
  startSeconds = 0;
  startNanos = 0;
  endSeconds = 0;
  endNanos = 0;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #otherParent: SpanContext | undefined;
  readonly #in: RecordedIn;
  readonly #isStartGiven: boolean;
  #attributeCount = 0;
  #spanContext: SpanContext | undefined;

  constructor(start: SpanStart) {
    this.name = start.name;
    this.kind = start.kind;
    this.spanId = start.spanId;
    this.trace = start.below.trace;
    this.parentSpanId = start.below.spanId;
    this.instrumentationScope = start.instrumentationScope;
    this.scope = start.scope;
    this.#otherParent = start.below.other;
    this.#in = start.in;
    this.#isStartGiven = start.startTime !== undefined && start.startTime !== null;
    [this.startSeconds, this.startNanos] =
      start.startedAtMs === undefined
        ? this.#toHrTime(start.startTime)
        : toHrTime(this.trace.originMs + start.startedAtMs);
  }

  get resource(): Resource {
    return this.#in.resource;
  }

  get startTime(): HrTime {
    return [this.startSeconds, this.startNanos];
  }

  get endTime(): HrTime {
    return [this.endSeconds, this.endNanos];
  }

  get duration(): HrTime {
    if (this.endSeconds === 0) return [-1, -1];
    const seconds = this.endSeconds - this.startSeconds;
    const nanos = this.endNanos - this.startNanos;
    return nanos < 0 ? [seconds - 1, nanos + 1e9] : [seconds, nanos];
  }

  /** The duration of a span that has its end. */
  get durationMs(): number {
    return (this.endSeconds - this.startSeconds) * 1000 + (this.endNanos - this.startNanos) / 1e6;
  }

  /** Undefined of a root, which the SDK's type says by leaving the property out. */
  get parentSpanContext(): SpanContext {
    if (this.parentSpanId === undefined) return this.#otherParent as SpanContext;
    return contextOf(this.trace, this.parentSpanId);
  }

  spanContext(): SpanContext {
    this.#spanContext ??= contextOf(this.trace, this.spanId);
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue | null | undefined): this {
    if (value === undefined || value === null || this.#isOver()) return this;
    if (typeof key !== 'string' || key.length === 0) {
      diag.warn(`Invalid attribute key: ${key}`);
    } else if (!isAttributeValue(value)) {
      diag.warn(`Invalid attribute value set for key: ${key}`);
    } else if (this.#hasRoomFor(key)) {
      this.attributes[key] = Array.isArray(value) ? (value.slice() as AttributeValue) : value;
    } else {
      this.droppedAttributesCount++;
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key in attributes) {
      if (Object.hasOwn(attributes, key)) this.setAttribute(key, attributes[key]);
    }
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.#isOver()) return this;
    if (this.events === NO_EVENTS) this.events = [];
    if (this.events.length >= MOST_EVENTS) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    const isTime = isTimeInput(attributesOrTime);
    const at = isTime && !isTimeInput(time) ? attributesOrTime : time;
    const { attributes, droppedAttributesCount } = limited(isTime ? undefined : attributesOrTime);
    this.events.push({ name, attributes, time: this.#toHrTime(at), droppedAttributesCount });
    return this;
  }

  addLink(link: Link): this {
    if (this.#isOver()) return this;
    if (this.links === NO_LINKS) this.links = [];
    if (this.links.length >= MOST_LINKS) {
      this.links.shift();
      this.droppedLinksCount++;
    }
    const { attributes, droppedAttributesCount } = limited(link.attributes);
    this.links.push({
      context: link.context,
      ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
      ...(droppedAttributesCount > 0 ? { droppedAttributesCount } : {}),
    });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this.#isOver() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK)
      return this;
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (!this.#isOver()) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { code, name, message, stack } = (
      typeof exception === 'string' ? { message: exception } : (exception ?? {})
    ) as { code?: string | number; name?: string; message?: string; stack?: string };
    const attributes: Attributes = {};
    if (code) attributes['exception.type'] = String(code);
    else if (name) attributes['exception.type'] = name;
    if (message) attributes['exception.message'] = message;
    if (stack) attributes['exception.stacktrace'] = stack;
    if (attributes['exception.type'] || attributes['exception.message'])
      this.addEvent('exception', attributes, time);
    else diag.warn(`Failed to record an exception ${exception}`);
  }

  end(time?: TimeInput): void {
    if (this.ended) {
      diag.error(
        `${this.name} ${this.trace.traceId}-${this.spanId} - You can only call end() on a span once.`,
      );
      return;
    }
    this.#endAt(this.#toHrTime(time));
    const { scope } = this;
    if (scope) this.eventIds = (scope.event ?? scope).ids;
    this.ended = true;
    this.#in.onEnd(this);
  }

  /** Whether an attribute may be written; counts it. */
  #hasRoomFor(key: string): boolean {
    if (Object.hasOwn(this.attributes, key)) return true;
    if (this.#attributeCount >= MOST_ATTRIBUTES) return false;
    this.#attributeCount++;
    return true;
  }

  #endAt([seconds, nanos]: HrTime): void {
    this.endSeconds = seconds;
    this.endNanos = nanos;
    if (this.durationMs >= 0) return;
    diag.warn(
      'Inconsistent start and end time, startTime > endTime. Setting span duration to 0ms.',
      this.startTime,
      this.endTime,
    );
    this.endSeconds = this.startSeconds;
    this.endNanos = this.startNanos;
  }

  #isOver(): boolean {
    if (this.ended) {
      const span = `{traceId: ${this.trace.traceId}, spanId: ${this.spanId}}`;
      diag.warn(`Cannot execute the operation on ended Span ${span}`);
    }
    return this.ended;
  }

  #toHrTime(time: TimeInput | undefined): HrTime {
    if (typeof time === 'number' && time > performance.now()) return millisToHrTime(time);
    if (time instanceof Date) return millisToHrTime(time.getTime());
    if (isTimeInputHrTime(time)) return time;
    if (typeof time !== 'number' && this.#isStartGiven) return millisToHrTime(Date.now());
    return toHrTime(this.trace.originMs + (typeof time === 'number' ? time : performance.now()));
  }
}

function contextOf({ traceId, traceState }: RecordedTrace, spanId: string): SpanContext {
  return traceState === undefined
    ? { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
    : { traceId, spanId, traceFlags: TraceFlags.SAMPLED, traceState };
}

/** As many attributes of an event or a link as there may be. */
function limited(given: Attributes | undefined): { attributes: Attributes; droppedAttributesCount: number } {
  const attributes = sanitizeAttributes(given);
  const keys = Object.keys(attributes);
  for (const key of keys.slice(MOST_ATTRIBUTES)) delete attributes[key];
  return { attributes, droppedAttributesCount: Math.max(keys.length - MOST_ATTRIBUTES, 0) };
}

/** How long a span took that has its end, in ms. */
export function durationMsOf(span: ReadableSpan): number {
  if (span instanceof RecordedSpan) return span.durationMs;
  return hrTimeToMilliseconds(span.duration);
}
