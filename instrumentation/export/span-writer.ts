import { TraceFlags } from '@opentelemetry/api';
import { RecordedSpan } from '../recorder/recorded-span.js';
import type { SpanTime } from '../trace-clock.js';
import { toDefinedString, toDefinedValue } from './attribute-values.js';
import type { SpanRecord } from './span-record.js';
import { END_OF_ATTRIBUTES, PART, type WrittenSpans } from './written-spans.js';

/** In place of a set of attributes. */
const NO_SET = -1;

/** Longer values are looked up among those that this batch has already: ids and hashes are shorter, and never the same. */
const LONG_TEXT = 80;

/** About what a span and an attribute take in a request, besides their texts. */
const SPAN_BYTES = 350;
const ATTRIBUTE_BYTES = 40;

type Context = ReturnType<SpanRecord['spanContext']>;
type Attributes = NonNullable<SpanRecord['shared']>;

function partsOf(span: SpanRecord, context: Context): number {
  const { parentSpanContext: parent, status } = span;
  let parts = 0;
  if (parent?.spanId) parts |= parent.isRemote ? PART.parent | PART.remoteParent : PART.parent;
  if (context.traceState) parts |= PART.traceState;
  if (status.message !== undefined) parts |= PART.message;
  if (span.droppedAttributesCount || span.droppedEventsCount || span.droppedLinksCount) parts |= PART.dropped;
  if (span.events.length > 0) parts |= PART.events;
  if (span.links.length > 0) parts |= PART.links;
  return parts;
}

interface Mark {
  readonly count: number;
  readonly traceId: string;
  readonly spans: number;
  readonly requestBytes: number;
}

/** Where the next value goes. The list is used again and again: it is as long as the longest batch so far. */
class Values {
  readonly list: unknown[] = [];
  count = 0;

  put(value: unknown): void {
    this.list[this.count++] = value;
  }

  /** What was put, until the next is. */
  taken(): readonly unknown[] {
    this.list.length = this.count;
    return this.list;
  }
}

/** A number of an enum, whatever the host gave past the types: what is none would cost the whole batch. */
function wholeOr<T>(value: number | undefined, other: T): number | T {
  return Number.isSafeInteger(value) ? (value as number) : other;
}

function textOr(value: string | undefined): string | undefined {
  return value === undefined || value === null ? undefined : toDefinedString(value);
}

/** Writes the spans of one batch after the other. This runs in the host's thread for every span: no object is made for one. */
export class SpanWriter {
  readonly #values = new Values();
  #texts: string[] = [];
  #scopes: (string | undefined)[] = [];
  #sets: unknown[][] = [];
  #setBytes: number[] = [];
  #textAt = new Map<string, number>();
  #scopeAt = new Map<SpanRecord['instrumentationScope'], number>();
  #setAt = new Map<Attributes, number>();
  #traceId = '';
  #spans = 0;
  #requestBytes = 0;

  /** How many spans were written. */
  get spans(): number {
    return this.#spans;
  }

  /** About as large as a request with these spans is, not compressed. */
  get requestBytes(): number {
    return this.#requestBytes;
  }

  /** All that was written, until `clear` is called. */
  written(): WrittenSpans {
    return {
      texts: this.#texts,
      scopes: this.#scopes,
      sets: this.#sets,
      values: this.#values.taken(),
    };
  }

  /** Begins the next batch. */
  clear(): void {
    this.#values.count = 0;
    this.#texts = [];
    this.#scopes = [];
    this.#sets = [];
    this.#setBytes = [];
    this.#textAt = new Map();
    this.#scopeAt = new Map();
    this.#setAt = new Map();
    this.#traceId = '';
    this.#spans = 0;
    this.#requestBytes = 0;
  }

  /** A place to come back to with `rewind`. */
  mark(): Mark {
    return {
      count: this.#values.count,
      traceId: this.#traceId,
      spans: this.#spans,
      requestBytes: this.#requestBytes,
    };
  }

  /** Forgets what was written since. */
  rewind({ count, traceId, spans, requestBytes }: Mark): void {
    this.#values.count = count;
    this.#traceId = traceId;
    this.#spans = spans;
    this.#requestBytes = requestBytes;
  }

  /** Writes one more span. When it throws, a part of the span is written: `rewind` to before it. */
  write(span: SpanRecord): void {
    if (span instanceof RecordedSpan && isPlain(span)) this.#writePlain(span);
    else this.#writeAny(span);
    this.#spans++;
    this.#requestBytes += SPAN_BYTES;
  }

  /** The short way of `#writeAny`, for what nearly all spans are. */
  #writePlain(span: RecordedSpan): void {
    const { traceId } = span.trace;
    this.#put(PART.parent);
    this.#put(traceId === this.#traceId ? 0 : traceId);
    this.#put(span.spanId);
    this.#put(TraceFlags.SAMPLED);
    this.#put(span.parentSpanId);
    this.#put(this.#text(span.name));
    this.#put(wholeOr(span.kind, undefined));
    this.#put(this.#scope(span.instrumentationScope));
    this.#put(span.start);
    this.#put(span.finish);
    this.#put(wholeOr(span.status.code, 0));
    this.#put(this.#set(span.shared));
    this.#put(this.#set(span.ids));
    this.#traceId = traceId;
    this.#writeAttributes(span.attributes);
  }

  #writeAny(span: SpanRecord): void {
    const context = span.spanContext();
    const parts = partsOf(span, context);
    this.#put(parts);
    this.#put(context.traceId === this.#traceId ? 0 : context.traceId);
    this.#put(context.spanId);
    this.#put(context.traceFlags);
    if (parts & PART.parent) this.#put(span.parentSpanContext?.spanId);
    if (parts & PART.traceState) this.#put(context.traceState?.serialize());
    this.#put(this.#text(span.name));
    this.#put(wholeOr(span.kind, undefined));
    this.#put(this.#scope(span.instrumentationScope));
    this.#putTime(span instanceof RecordedSpan ? span.start : span.startTime);
    this.#putTime(span instanceof RecordedSpan ? (span.finish ?? span.start) : span.endTime);
    this.#put(wholeOr(span.status.code, 0));
    this.#put(this.#set(span.shared));
    this.#put(this.#set(span.ids));
    this.#traceId = context.traceId;
    this.#writeAttributes(span.attributes);
    if (parts !== 0) this.#writeParts(span, parts);
  }

  #writeParts(span: SpanRecord, parts: number): void {
    if (parts & PART.message) this.#put(toDefinedString(span.status.message));
    if (parts & PART.dropped) {
      this.#put(span.droppedAttributesCount);
      this.#put(span.droppedEventsCount);
      this.#put(span.droppedLinksCount);
    }
    if (parts & PART.events) this.#writeEvents(span.events);
    if (parts & PART.links) this.#writeLinks(span.links);
  }

  #writeEvents(events: SpanRecord['events']): void {
    this.#put(events.length);
    for (const { name, time, attributes, droppedAttributesCount } of events) {
      this.#put(this.#text(name));
      this.#putTime(time);
      this.#put(droppedAttributesCount);
      this.#writeAttributes(attributes);
    }
  }

  #writeLinks(links: SpanRecord['links']): void {
    this.#put(links.length);
    for (const { context, attributes, droppedAttributesCount } of links) {
      this.#put(context.traceId);
      this.#put(context.spanId);
      this.#put(context.traceState?.serialize());
      this.#put(droppedAttributesCount);
      this.#put(context.traceFlags);
      this.#put(context.isRemote);
      this.#writeAttributes(attributes);
    }
  }

  #writeAttributes(attributes: Attributes | undefined): void {
    this.#requestBytes += this.#writeAttributesTo(this.#values, attributes);
    this.#put(END_OF_ATTRIBUTES);
  }

  /** Returns about how many bytes of a request they are. */
  #writeAttributesTo(values: Values, attributes: Attributes | undefined): number {
    let bytes = 0;
    for (const key in attributes) {
      const value: unknown = attributes[key];
      if (typeof value === 'string') {
        bytes += ATTRIBUTE_BYTES + key.length + value.length;
        const isLong = value.length > LONG_TEXT;
        values.put(isLong ? -2 - this.#text(key) : this.#text(key));
        values.put(isLong ? this.#text(value) : value);
      } else {
        // Lists, and what is no attribute by its type: what has no defined form is left out here, since not all of it could be serialized.
        const defined =
          typeof value === 'number' || typeof value === 'boolean' ? value : toDefinedValue(value);
        if (defined === undefined) continue;
        bytes += ATTRIBUTE_BYTES + key.length + (typeof defined === 'object' ? String(defined).length : 0);
        values.put(this.#text(key));
        values.put(defined);
      }
    }
    return bytes;
  }

  /** The place of a set of attributes, which is written the first time that a span has it. */
  #set(attributes: Attributes | undefined): number {
    if (attributes === undefined) return NO_SET;
    let at = this.#setAt.get(attributes);
    if (at === undefined) {
      const values = new Values();
      this.#setBytes.push(this.#writeAttributesTo(values, attributes));
      values.put(END_OF_ATTRIBUTES);
      at = this.#sets.push(values.list) - 1;
      this.#setAt.set(attributes, at);
    }
    this.#requestBytes += this.#setBytes[at] ?? 0;
    return at;
  }

  #text(text: string): number {
    let at = this.#textAt.get(text);
    if (at === undefined) {
      const defined = toDefinedString(text);
      // Each once, as it leaves.
      at = defined === text ? this.#texts.push(text) - 1 : this.#text(defined);
      this.#textAt.set(text, at);
    }
    return at;
  }

  #scope(scope: SpanRecord['instrumentationScope']): number {
    let at = this.#scopeAt.get(scope);
    if (at === undefined) {
      const { name, version, schemaUrl } = scope;
      at = this.#scopes.push(toDefinedString(name), textOr(version), textOr(schemaUrl)) - 3;
      this.#scopeAt.set(scope, at);
    }
    return at;
  }

  /** Throws where it is none. */
  #putTime(time: SpanTime): void {
    this.#put(typeof time === 'number' ? time : [time[0], time[1]]);
  }

  #put(value: unknown): void {
    this.#values.put(value);
  }
}

function isPlain(span: RecordedSpan): boolean {
  return (
    span.parentSpanId !== undefined &&
    span.trace.traceState === undefined &&
    span.status.message === undefined &&
    span.droppedAttributesCount === 0 &&
    span.events.length === 0 &&
    span.links.length === 0
  );
}
