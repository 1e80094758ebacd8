import { createTraceState, type SpanContext, type SpanKind } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { hrTimeOf, type SpanTime } from '../trace-clock.js';
import { toDefinedValue } from './attribute-values.js';
import {
  END_OF_ATTRIBUTES,
  keyOf,
  PART,
  SpanHead,
  scopeAt,
  type WrittenSpans,
  WrittenValues,
} from './written-spans.js';

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
  readonly #values: WrittenValues;
  readonly #head = new SpanHead();
  readonly #resource: Resource;
  readonly #scopes = new Map<string, Scope>();
  readonly #sets = new Map<number, ReadableSpan['attributes']>();

  constructor(written: WrittenSpans, resource: Resource) {
    this.#written = written;
    this.#values = new WrittenValues(written.values);
    this.#resource = resource;
  }

  get isAtEnd(): boolean {
    return this.#values.isAtEnd;
  }

  span(): ReadableSpan {
    const values = this.#values;
    const head = this.#head;
    head.read(values);
    const { traceId, spanId, traceFlags, parentSpanId, parts } = head;
    const context: Mutable<SpanContext> = { traceId, spanId, traceFlags };
    if (head.traceState !== undefined) context.traceState = createTraceState(head.traceState);
    const startTime = this.#time();
    const endTime = this.#time();
    const span: Mutable<ReadableSpan> = {
      name: this.#textAt(head.name),
      kind: head.kind as SpanKind,
      spanContext: () => context,
      startTime,
      endTime,
      duration: duration(startTime, endTime),
      ended: true,
      status: { code: values.next() },
      attributes: this.#attributesWithSets(),
      events: [],
      links: [],
      resource: this.#resource,
      instrumentationScope: this.#scope(head.scope),
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
    if (parentSpanId !== undefined) {
      span.parentSpanContext = {
        traceId,
        spanId: parentSpanId,
        traceFlags,
        isRemote: (parts & PART.remoteParent) !== 0,
      };
    }
    this.#readParts(span, parts);
    return span;
  }

  #readParts(span: Mutable<ReadableSpan>, parts: number): void {
    const values = this.#values;
    if (parts & PART.message) span.status.message = values.next();
    if (parts & PART.dropped) {
      span.droppedAttributesCount = values.next();
      span.droppedEventsCount = values.next();
      span.droppedLinksCount = values.next();
    }
    if (parts & PART.events) span.events = this.#list(() => this.#event());
    if (parts & PART.links) span.links = this.#list(() => this.#link());
  }

  #event(): Event {
    const name = this.#text();
    const time = this.#time();
    const droppedAttributesCount = this.#values.next<number | undefined>();
    const event: Event = { name, time, attributes: this.#attributes() };
    if (droppedAttributesCount !== undefined) event.droppedAttributesCount = droppedAttributesCount;
    return event;
  }

  #link(): Link {
    const values = this.#values;
    const traceId = values.next<string>();
    const spanId = values.next<string>();
    const traceState = values.next<string | undefined>();
    const droppedAttributesCount = values.next<number | undefined>();
    const context: Mutable<SpanContext> = { traceId, spanId, traceFlags: values.next() };
    if (traceState !== undefined) context.traceState = createTraceState(traceState);
    const isRemote = values.next<boolean | undefined>();
    if (isRemote !== undefined) context.isRemote = isRemote;
    const link: Link = { context, attributes: this.#attributes() };
    if (droppedAttributesCount !== undefined) link.droppedAttributesCount = droppedAttributesCount;
    return link;
  }

  /** Those of the span itself come before those of its sets. */
  #attributesWithSets(): ReadableSpan['attributes'] {
    const ofSets = [this.#set(this.#values.next()), this.#set(this.#values.next())];
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
    const { texts } = this.#written;
    const attributes: ReadableSpan['attributes'] = {};
    const next = () => this.#values.next<number>();
    for (let at = next(); at !== END_OF_ATTRIBUTES; at = next()) {
      const value = toDefinedValue(at < 0 ? texts[next()] : this.#values.next());
      if (value !== undefined) attributes[texts[keyOf(at)] ?? ''] = value;
    }
    return attributes;
  }

  #list<T>(read: () => T): T[] {
    return Array.from({ length: this.#values.next<number>() }, read);
  }

  #scope(at: number): Scope {
    const { key, name, version, schemaUrl } = scopeAt(this.#written.scopes, at);
    let scope = this.#scopes.get(key);
    if (!scope) {
      scope = {
        name,
        ...(version === undefined ? {} : { version }),
        ...(schemaUrl === undefined ? {} : { schemaUrl }),
      };
      this.#scopes.set(key, scope);
    }
    return scope;
  }

  #text(): string {
    return this.#textAt(this.#values.next());
  }

  #textAt(at: number): string {
    return this.#written.texts[at] ?? '';
  }

  #time(): [number, number] {
    return hrTimeOf(this.#values.next<SpanTime>());
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
