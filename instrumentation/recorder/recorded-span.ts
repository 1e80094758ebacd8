import { performance } from 'node:perf_hooks';
import {
  type Attributes,
  type AttributeValue,
  diag,
  type Exception,
  type HrTime,
  type Link,
  type SpanContext,
  SpanKind,
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
import { hrTimeOf, type SpanTime } from '../trace-clock.js';

/** What the spans of one trace share. */
export interface RecordedTrace {
  readonly traceId: string;
  readonly traceState: TraceState | undefined;
  /** What the fine clock has to be added to, to get milliseconds since 1970: one for a trace, so that its spans fit together. */
  readonly originMs: number;
  /** The round of its recorder in which something that concerns it was left for later. */
  laterIn: number;
  /** Its place among the traces that wait until it is known whether they are ordinary; below 0 for one that does not. */
  waitsAt: number;
  /** What was left for later when it was dropped, until something begins in it afterwards. */
  undone: readonly (() => void)[] | undefined;
}

/** What the spans of one process share, and who is told of their ends. */
export interface RecordedIn {
  readonly resource: Resource;
  /** The span has its end. Must not throw. */
  onEnd(span: RecordedSpan): void;
  /** Whether something that concerns a trace is left for later. */
  hasLaterOf(trace: RecordedTrace): boolean;
  /**
   * Does `work`, which concerns the trace of a span and that of its event, before the processors are told of any end that comes from now on, or
   * the trace is taken; not at all where that is dropped, and nothing begins in it afterwards.
   */
  later(work: () => void, own: RecordedTrace, ofEvent: RecordedTrace): void;
  /** Does what is left for later, if any of it concerns the trace, and tells the processors of all ends between. */
  settleIfLater(trace: RecordedTrace): void;
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
  readonly attributes: Attributes | undefined;
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
 * A span as the SDK's, in a form that costs the thread of the host a fraction: numbers for its times, nothing made before it is asked for,
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
  /** Whether the processors were told of its end, or it was taken with all of its trace; of a dropped event, whether something has begun since. */
  isSettled = false;
  readonly start: SpanTime;
  /** Undefined until it has its end. */
  finish: SpanTime | undefined;
  droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  private readonly otherParent: SpanContext | undefined;
  private readonly in: RecordedIn;
  private readonly isStartGiven: boolean;
  private attributeCount = 0;
  private knownContext: SpanContext | undefined;

  constructor(start: SpanStart) {
    this.name = start.name;
    this.kind = start.kind;
    this.spanId = start.spanId;
    this.trace = start.below.trace;
    this.parentSpanId = start.below.spanId;
    this.instrumentationScope = start.instrumentationScope;
    this.scope = start.scope;
    this.otherParent = start.below.other;
    this.in = start.in;
    this.isStartGiven = start.startTime !== undefined && start.startTime !== null;
    this.start =
      start.startedAtMs === undefined
        ? this.toTime(start.startTime)
        : this.trace.originMs + start.startedAtMs;
    if (start.attributes) this.setAll(start.attributes);
  }

  get resource(): Resource {
    return this.in.resource;
  }

  get startTime(): HrTime {
    return hrTimeOf(this.start);
  }

  get endTime(): HrTime {
    return this.finish === undefined ? [0, 0] : hrTimeOf(this.finish);
  }

  get duration(): HrTime {
    if (this.finish === undefined) return [-1, -1];
    const [startSeconds, startNanos] = this.startTime;
    const [endSeconds, endNanos] = this.endTime;
    const seconds = endSeconds - startSeconds;
    const nanos = endNanos - startNanos;
    return nanos < 0 ? [seconds - 1, nanos + 1e9] : [seconds, nanos];
  }

  /** The duration of a span that has its end. */
  get durationMs(): number {
    return millisecondsBetween(this.start, this.finish ?? this.start);
  }

  /** Undefined of a root, which the SDK's type says by leaving the property out. */
  get parentSpanContext(): SpanContext {
    if (this.parentSpanId === undefined) return this.otherParent as SpanContext;
    return contextOf(this.trace, this.parentSpanId);
  }

  spanContext(): SpanContext {
    this.knownContext ??= contextOf(this.trace, this.spanId);
    return this.knownContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue | null | undefined): this {
    this.in.settleIfLater(this.trace);
    this.setOne(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    this.in.settleIfLater(this.trace);
    this.setAll(attributes);
    return this;
  }

  /**
   * Lets `work` call `setLate`, of this span and of that of its event, when there is time, or when somebody else writes attributes in their
   * traces: in the order of the calls, and before the processors are told of the end of this span, which must not have come yet; or never, where
   * nobody is told of the span. What `work` throws is dropped.
   */
  later(work: () => void): void {
    const event = this.scope?.span;
    this.in.later(work, this.trace, event instanceof RecordedSpan ? event.trace : this.trace);
  }

  /**
   * Sets attributes from within what was left for later, when the span may have its end already. They are as a span's are to be, and the
   * caller does not change them afterwards.
   */
  setLate(attributes: Attributes): void {
    if (this.isSettled) return;
    const count = Object.keys(attributes).length;
    if (count <= MOST_ATTRIBUTES && Object.keys(this.attributes).length === 0) {
      this.attributes = attributes;
      this.attributeCount = count;
      return;
    }
    const { ended } = this;
    this.ended = false;
    this.setAll(attributes);
    this.ended = ended;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.isOver()) return this;
    if (this.events === NO_EVENTS) this.events = [];
    if (this.events.length >= MOST_EVENTS) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    const isTime = isTimeInput(attributesOrTime);
    const at = isTime && !isTimeInput(time) ? attributesOrTime : time;
    const { attributes, droppedAttributesCount } = limited(isTime ? undefined : attributesOrTime);
    this.events.push({ name, attributes, time: hrTimeOf(this.toTime(at)), droppedAttributesCount });
    return this;
  }

  addLink(link: Link): this {
    if (this.isOver()) return this;
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
    if (this.isOver() || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    this.status = code === SpanStatusCode.ERROR && typeof message === 'string' ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (!this.isOver()) this.name = name;
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
      const line = `${this.name} ${this.trace.traceId}-${this.spanId} - You can only call end() on a span once.`;
      // Instrumentations do so of what fails in two ways, and nobody can do anything about that.
      if (this.kind === SpanKind.CLIENT) diag.debug(line);
      else diag.error(line);
      return;
    }
    this.endAt(this.toTime(time));
    // What is left for later comes before this end.
    if (!this.in.hasLaterOf(this.trace)) this.noteEventIds();
    this.ended = true;
    this.in.onEnd(this);
  }

  /** As of one that is made late: this one is made. */
  made(): this {
    return this;
  }

  /** Gives a span that was made after the fact its end, by the fine clock, and the ids that its event had then, if they were noted. */
  endedAt(finishedAtMs: number, eventIds: EventScope['ids'] | undefined): void {
    this.endAt(this.trace.originMs + finishedAtMs);
    this.eventIds = eventIds;
    this.ended = true;
  }

  private setOne(key: string, value: AttributeValue | null | undefined): void {
    if (value === undefined || value === null || this.isOver()) return;
    if (typeof key !== 'string' || key.length === 0) {
      diag.warn(`Invalid attribute key: ${key}`);
    } else if (!isAttributeValue(value)) {
      diag.warn(`Invalid attribute value set for key: ${key}`);
    } else if (this.hasRoomFor(key)) {
      this.attributes[key] = Array.isArray(value) ? (value.slice() as AttributeValue) : value;
    } else {
      this.droppedAttributesCount++;
    }
  }

  private setAll(attributes: Attributes): void {
    for (const key of Object.keys(attributes)) {
      const value = attributes[key];
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      // The short way of `setOne`, for what nearly all attributes are.
      if (isPlain && !this.ended && key !== '' && this.hasRoomFor(key)) this.attributes[key] = value;
      else this.setOne(key, value);
    }
  }

  /** Notes the ids that the event has at the end of the span, once. */
  noteEventIds(): void {
    const { scope } = this;
    if (scope) this.eventIds ??= idsAtEnd(scope);
  }

  /** Whether an attribute may be written; counts it. */
  private hasRoomFor(key: string): boolean {
    if (Object.hasOwn(this.attributes, key)) return true;
    if (this.attributeCount >= MOST_ATTRIBUTES) return false;
    this.attributeCount++;
    return true;
  }

  private endAt(finish: SpanTime): void {
    this.finish = finish;
    if (this.durationMs >= 0) return;
    diag.warn(
      'Inconsistent start and end time, startTime > endTime. Setting span duration to 0ms.',
      this.startTime,
      this.endTime,
    );
    this.finish = this.start;
  }

  private isOver(): boolean {
    if (this.ended) {
      const span = `{traceId: ${this.trace.traceId}, spanId: ${this.spanId}}`;
      diag.warn(`Cannot execute the operation on ended Span ${span}`);
    }
    return this.ended;
  }

  private toTime(time: TimeInput | undefined): SpanTime {
    const { originMs } = this.trace;
    if (typeof time === 'number') return time > performance.now() ? millisToHrTime(time) : originMs + time;
    if (time instanceof Date) return millisToHrTime(time.getTime());
    if (isTimeInputHrTime(time)) return [time[0], time[1]];
    return this.isStartGiven ? millisToHrTime(Date.now()) : originMs + performance.now();
  }
}

/** The ids that the event of a scope has now: another object once one of them has changed. */
export function idsAtEnd(scope: EventScope): EventScope['ids'] {
  return (scope.event ?? scope).ids;
}

/** By whole nanoseconds where a time was given: milliseconds since 1970 are too coarse for one of them. */
function millisecondsBetween(start: SpanTime, finish: SpanTime): number {
  if (typeof start === 'number' && typeof finish === 'number') return finish - start;
  const [startSeconds, startNanos] = hrTimeOf(start);
  const [endSeconds, endNanos] = hrTimeOf(finish);
  return (endSeconds - startSeconds) * 1000 + (endNanos - startNanos) / 1e6;
}

function contextOf({ traceId, traceState }: RecordedTrace, spanId: string): SpanContext {
  return traceState === undefined
    ? { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
    : { traceId, spanId, traceFlags: TraceFlags.SAMPLED, traceState };
}

/** As many attributes of an event or a link as there may be. */
function limited(given: Attributes | undefined): { attributes: Attributes; droppedAttributesCount: number } {
  if (given === undefined) return { attributes: {}, droppedAttributesCount: 0 };
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
