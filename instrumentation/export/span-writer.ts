import { toDefinedString, toDefinedValue } from './attribute-values.js';
import type { SpanRecord } from './span-record.js';

/** Spans as arrays of primitives, which cost a fraction of objects to serialize, in time and in bytes. */
export interface WrittenSpans {
  /** Names, attribute keys and long texts, each once: a statement that every event runs takes its place once a batch. */
  readonly texts: readonly string[];
  /** Name, version and schema URL of each scope. */
  readonly scopes: readonly (string | undefined)[];
  /** The spans, one after the other; see `SpanWriter` for their form and `readSpans` for the way back. */
  readonly values: readonly unknown[];
}

/** Which of its rarer parts a span has: they take no place where they are not there. */
export const PART = {
  parent: 1,
  remoteParent: 2,
  traceState: 4,
  message: 8,
  dropped: 16,
  events: 32,
  links: 64,
};

/** Ends a list of attributes; keys are numbers from 0, and -2 - key says that the value is one of `texts`. */
export const END_OF_ATTRIBUTES = -1;

/** Longer values are looked up among those that this batch has already: ids and hashes are shorter, and never the same. */
const LONG_TEXT = 80;

/** About what a span and an attribute take in a request, besides their texts. */
const SPAN_BYTES = 350;
const ATTRIBUTE_BYTES = 40;

type Context = ReturnType<SpanRecord['spanContext']>;
type Attributes = SpanRecord['events'][number]['attributes'];

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
  readonly length: number;
  readonly traceId: string;
  readonly spans: number;
  readonly requestBytes: number;
}

/** Writes the spans of one batch. This runs in the host's thread for every span: no object is made for one. */
export class SpanWriter implements WrittenSpans {
  readonly texts: string[] = [];
  readonly scopes: (string | undefined)[] = [];
  readonly values: unknown[] = [];
  readonly #textAt = new Map<string, number>();
  readonly #scopeAt = new Map<SpanRecord['instrumentationScope'], number>();
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

  /** A place to come back to with `rewind`. */
  mark(): Mark {
    const { values, spans, requestBytes } = this;
    return { length: values.length, traceId: this.#traceId, spans, requestBytes };
  }

  /** Forgets what was written since. */
  rewind({ length, traceId, spans, requestBytes }: Mark): void {
    this.values.length = length;
    this.#traceId = traceId;
    this.#spans = spans;
    this.#requestBytes = requestBytes;
  }

  /** Writes one more span. When it throws, a part of the span is written: `rewind` to before it. */
  write(span: SpanRecord): void {
    const { values } = this;
    const context = span.spanContext();
    const parts = partsOf(span, context);
    const { startTime, endTime } = span;
    values.push(
      parts,
      context.traceId === this.#traceId ? 0 : context.traceId,
      context.spanId,
      context.traceFlags,
      this.#text(span.name),
      span.kind,
      this.#scope(span.instrumentationScope),
      startTime[0],
      startTime[1],
      endTime[0],
      endTime[1],
      span.status.code,
    );
    this.#traceId = context.traceId;
    this.#spans++;
    this.#requestBytes += SPAN_BYTES;
    this.#writeAttributes(span.attributes);
    if (parts !== 0) this.#writeParts(span, parts);
  }

  #writeParts(span: SpanRecord, parts: number): void {
    const { values } = this;
    if (parts & PART.parent) values.push(span.parentSpanContext?.spanId);
    if (parts & PART.traceState) values.push(span.spanContext().traceState?.serialize());
    if (parts & PART.message) values.push(toDefinedString(span.status.message));
    if (parts & PART.dropped) {
      values.push(span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount);
    }
    if (parts & PART.events) this.#writeEvents(span.events);
    if (parts & PART.links) this.#writeLinks(span.links);
  }

  #writeEvents(events: SpanRecord['events']): void {
    this.values.push(events.length);
    for (const { name, time, attributes, droppedAttributesCount } of events) {
      this.values.push(this.#text(name), time[0], time[1], droppedAttributesCount);
      this.#writeAttributes(attributes);
    }
  }

  #writeLinks(links: SpanRecord['links']): void {
    this.values.push(links.length);
    for (const { context, attributes, droppedAttributesCount } of links) {
      const { traceId, spanId, traceFlags, traceState, isRemote } = context;
      this.values.push(
        traceId,
        spanId,
        traceFlags,
        traceState?.serialize(),
        isRemote,
        droppedAttributesCount,
      );
      this.#writeAttributes(attributes);
    }
  }

  #writeAttributes(attributes: Attributes): void {
    const { values } = this;
    for (const key in attributes) {
      const value = attributes[key];
      this.#requestBytes += ATTRIBUTE_BYTES + key.length;
      if (typeof value === 'string') {
        this.#requestBytes += value.length;
        if (value.length > LONG_TEXT) values.push(-2 - this.#text(key), this.#text(value));
        else values.push(this.#text(key), value);
      } else if (typeof value === 'number' || typeof value === 'boolean') {
        values.push(this.#text(key), value);
      } else this.#writeOther(key, value);
    }
    values.push(END_OF_ATTRIBUTES);
  }

  /** Lists, and what is no attribute by its type: what has no defined form is left out here, since not all of it could be serialized. */
  #writeOther(key: string, value: unknown): void {
    const defined = toDefinedValue(value);
    if (defined === undefined) return;
    this.#requestBytes += String(defined).length;
    this.values.push(this.#text(key), defined);
  }

  #text(text: string): number {
    let at = this.#textAt.get(text);
    if (at === undefined) {
      at = this.texts.push(toDefinedString(text)) - 1;
      this.#textAt.set(text, at);
    }
    return at;
  }

  #scope(scope: SpanRecord['instrumentationScope']): number {
    let at = this.#scopeAt.get(scope);
    if (at === undefined) {
      at = this.scopes.push(scope.name, scope.version, scope.schemaUrl) - 3;
      this.#scopeAt.set(scope, at);
    }
    return at;
  }
}
