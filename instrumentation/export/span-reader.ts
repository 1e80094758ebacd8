import { createTraceState, type SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hrTimeOf, type SpanTime } from '../trace-clock.js';
import { toDefinedString, toDefinedValue } from './attribute-values.js';
import { END_OF_ATTRIBUTES, PART, type WrittenSpans } from './span-writer.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Event = ReadableSpan['events'][number];
type Link = ReadableSpan['links'][number];
type Scope = ReadableSpan['instrumentationScope'];

function duration([startS, startNs]: [number, number], [endS, endNs]: [number, number]): [number, number] {
  const ns = endNs - startNs;
  return ns < 0 ? [endS - startS - 1, ns + 1e9] : [endS - startS, ns];
}

/** Takes what was written, in the same order; the types are those of the writing side. */
class SpanReader {
  readonly #written: WrittenSpans;
  readonly #resource: Resource;
  readonly #scopes = new Map<number, Scope>();
  readonly #sets = new Map<number, ReadableSpan['attributes']>();
  #at = 0;
  #traceId = '';

  constructor(written: WrittenSpans, resource: Resource) {
    this.#written = written;
    this.#resource = resource;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#written.values.length;
  }

  span(): ReadableSpan {
    const parts = this.#next<number>();
    const context: Mutable<SpanContext> = {
      traceId: this.#nextTraceId(),
      spanId: this.#next(),
      traceFlags: this.#next(),
    };
    const name = this.#text();
    const kind = this.#next<number>();
    const instrumentationScope = this.#scope(this.#next());
    const startTime = this.#time();
    const endTime = this.#time();
    const span: Mutable<ReadableSpan> = {
      name,
      kind,
      spanContext: () => context,
      startTime,
      endTime,
      duration: duration(startTime, endTime),
      ended: true,
      status: { code: this.#next() },
      attributes: this.#attributesWithSets(),
      events: [],
      links: [],
      resource: this.#resource,
      instrumentationScope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
    this.#readParts({ parts, span, context });
    return span;
  }

  #readParts(of: { parts: number; span: Mutable<ReadableSpan>; context: Mutable<SpanContext> }): void {
    const { parts, span, context } = of;
    if (parts & PART.parent) {
      span.parentSpanContext = {
        traceId: context.traceId,
        spanId: this.#next(),
        traceFlags: context.traceFlags,
        isRemote: (parts & PART.remoteParent) !== 0,
      };
    }
    if (parts & PART.traceState) context.traceState = createTraceState(this.#next());
    if (parts & PART.message) span.status.message = this.#next();
    if (parts & PART.dropped) {
      span.droppedAttributesCount = this.#next();
      span.droppedEventsCount = this.#next();
      span.droppedLinksCount = this.#next();
    }
    if (parts & PART.events) span.events = this.#list(() => this.#event());
    if (parts & PART.links) span.links = this.#list(() => this.#link());
  }

  #event(): Event {
    const event: Event = { name: this.#text(), time: this.#time() };
    const droppedAttributesCount = this.#next<number | undefined>();
    if (droppedAttributesCount !== undefined) event.droppedAttributesCount = droppedAttributesCount;
    event.attributes = this.#attributes();
    return event;
  }

  #link(): Link {
    const context: Mutable<SpanContext> = {
      traceId: this.#next(),
      spanId: this.#next(),
      traceFlags: this.#next(),
    };
    const traceState = this.#next<string | undefined>();
    if (traceState !== undefined) context.traceState = createTraceState(traceState);
    const isRemote = this.#next<boolean | undefined>();
    if (isRemote !== undefined) context.isRemote = isRemote;
    const link: Link = { context };
    const droppedAttributesCount = this.#next<number | undefined>();
    if (droppedAttributesCount !== undefined) link.droppedAttributesCount = droppedAttributesCount;
    link.attributes = this.#attributes();
    return link;
  }

  /** Those of the span itself come before those of its sets. */
  #attributesWithSets(): ReadableSpan['attributes'] {
    const ofSets = [this.#set(this.#next()), this.#set(this.#next())];
    return Object.assign({}, ...ofSets, this.#attributes());
  }

  #set(at: number): ReadableSpan['attributes'] | undefined {
    const values = this.#written.sets[at];
    if (!values) return undefined;
    let set = this.#sets.get(at);
    if (!set) {
      set = new SpanReader({ ...this.#written, values }, this.#resource).#attributes();
      this.#sets.set(at, set);
    }
    return set;
  }

  #attributes(): ReadableSpan['attributes'] {
    const attributes: ReadableSpan['attributes'] = {};
    for (let at = this.#next<number>(); at !== END_OF_ATTRIBUTES; at = this.#next<number>()) {
      const isText = at < 0;
      const key = this.#written.texts[isText ? -2 - at : at] ?? '';
      const value = toDefinedValue(isText ? this.#written.texts[this.#next<number>()] : this.#next());
      if (value !== undefined) attributes[toDefinedString(key)] = value;
    }
    return attributes;
  }

  #list<T>(read: () => T): T[] {
    return Array.from({ length: this.#next<number>() }, read);
  }

  #scope(at: number): Scope {
    let scope = this.#scopes.get(at);
    if (!scope) {
      const [name = '', version, schemaUrl] = this.#written.scopes.slice(at, at + 3);
      scope = {
        name,
        ...(version === undefined ? {} : { version }),
        ...(schemaUrl === undefined ? {} : { schemaUrl }),
      };
      this.#scopes.set(at, scope);
    }
    return scope;
  }

  #nextTraceId(): string {
    const traceId = this.#next<string | 0>();
    if (traceId !== 0) this.#traceId = traceId;
    return this.#traceId;
  }

  #text(): string {
    return this.#written.texts[this.#next<number>()] ?? '';
  }

  #time(): [number, number] {
    return hrTimeOf(this.#next<SpanTime>());
  }

  #next<T>(): T {
    return this.#written.values[this.#at++] as T;
  }
}

/**
 * Spans as exporters take them, in the order they were written, with every value in a form that collectors take. They share one
 * `resource` and one object for each scope, which keeps them in one group each.
 */
export function readSpans(written: WrittenSpans, resource: Resource): ReadableSpan[] {
  const reader = new SpanReader(written, resource);
  const spans: ReadableSpan[] = [];
  while (!reader.isAtEnd) spans.push(reader.span());
  return spans;
}
