import { createTraceState, TraceFlags } from '@opentelemetry/api';
import { hrTimeOf, type SpanTime } from '../../trace-clock.js';
import { otlpFlags, PART, SpanHead, type WrittenSpans, WrittenValues } from '../written-spans.js';
import { AttributesInProtobuf } from './attributes-in-protobuf.js';
import { ProtobufBytes, tagOf } from './protobuf-bytes.js';
import { ScopedSpans, type ScopeGroup } from './scoped-spans.js';

const NS_PER_S = 1_000_000_000;
const TWO_TO_32 = 2 ** 32;

/** A field of `ResourceSpans`. */
const SCOPE_SPANS = tagOf(2, 'lengthDelimited');

/** Fields of `ScopeSpans`, and of `InstrumentationScope`. */
const SCOPE = tagOf(1, 'lengthDelimited');
const SPANS = tagOf(2, 'lengthDelimited');
const SCHEMA_URL = tagOf(3, 'lengthDelimited');
const SCOPE_NAME = tagOf(1, 'lengthDelimited');
const SCOPE_VERSION = tagOf(2, 'lengthDelimited');

/** Fields of `Span`, of which the first three are those of `Span.Link` as well. */
const TRACE_ID = tagOf(1, 'lengthDelimited');
const SPAN_ID = tagOf(2, 'lengthDelimited');
const TRACE_STATE = tagOf(3, 'lengthDelimited');
const PARENT_SPAN_ID = tagOf(4, 'lengthDelimited');
const NAME = tagOf(5, 'lengthDelimited');
const KIND = tagOf(6, 'varint');
const START_TIME = tagOf(7, 'fixed64');
const END_TIME = tagOf(8, 'fixed64');
const DROPPED_ATTRIBUTES_COUNT = tagOf(10, 'varint');
const EVENTS = tagOf(11, 'lengthDelimited');
const DROPPED_EVENTS_COUNT = tagOf(12, 'varint');
const LINKS = tagOf(13, 'lengthDelimited');
const DROPPED_LINKS_COUNT = tagOf(14, 'varint');
const STATUS = tagOf(15, 'lengthDelimited');
const FLAGS = tagOf(16, 'fixed32');

/** Fields of `Status`. */
const STATUS_MESSAGE = tagOf(2, 'lengthDelimited');
const STATUS_CODE = tagOf(3, 'varint');

/** Fields of `Span.Event`. */
const EVENT_TIME = tagOf(1, 'fixed64');
const EVENT_NAME = tagOf(2, 'lengthDelimited');
const EVENT_ATTRIBUTES = tagOf(3, 'lengthDelimited');
const EVENT_DROPPED_ATTRIBUTES_COUNT = tagOf(4, 'varint');

/** Other fields of `Span.Link`. */
const LINK_ATTRIBUTES = tagOf(4, 'lengthDelimited');
const LINK_DROPPED_ATTRIBUTES_COUNT = tagOf(5, 'varint');
const LINK_FLAGS = tagOf(6, 'fixed32');

function putString(out: ProtobufBytes, tag: number, text: string): void {
  out.byte(tag);
  out.string(text, Buffer.byteLength(text));
}

function putCount(out: ProtobufBytes, tag: number, count: number): void {
  out.byte(tag);
  out.varint(count);
}

function putTraceState(out: ProtobufBytes, traceState: string | undefined): void {
  const serialized = traceState && createTraceState(traceState).serialize();
  if (serialized) putString(out, TRACE_STATE, serialized);
}

function putStatus(out: ProtobufBytes, code: number, message: string): void {
  out.byte(STATUS);
  const status = out.open();
  if (message) putString(out, STATUS_MESSAGE, message);
  putCount(out, STATUS_CODE, code);
  out.close(status);
}

function putFlags(out: ProtobufBytes, flags: number): void {
  out.varint(FLAGS);
  out.fixed32(flags);
}

function plainEnd(): Uint8Array {
  const out = new ProtobufBytes(32);
  putCount(out, DROPPED_ATTRIBUTES_COUNT, 0);
  putCount(out, DROPPED_EVENTS_COUNT, 0);
  putCount(out, DROPPED_LINKS_COUNT, 0);
  putStatus(out, 0, '');
  putFlags(out, otlpFlags(TraceFlags.SAMPLED, false));
  return out.taken();
}

/** What follows the attributes of nearly all spans. */
const PLAIN_END = plainEnd();

/** Writes the spans of one batch, those of each scope together. */
export class SpansInProtobuf {
  readonly #values: WrittenValues;
  readonly #attributes: AttributesInProtobuf;
  readonly #scopes: ScopedSpans<ProtobufBytes>;
  readonly #head = new SpanHead();
  #traceId: string | undefined;
  #traceIdBytes: Uint8Array = new Uint8Array();
  #seconds = Number.NaN;
  /** Of the nanoseconds of `#seconds`. */
  #low = 0;
  #high = 0;

  /** `borrow` gives empty memory for the spans of a scope, which is done with when `writeTo` returns. */
  constructor(written: WrittenSpans, borrow: () => ProtobufBytes) {
    this.#values = new WrittenValues(written.values);
    this.#attributes = new AttributesInProtobuf(written);
    this.#scopes = new ScopedSpans(written.scopes, borrow);
  }

  /** Puts all scopes with their spans. To be called once. */
  writeTo(out: ProtobufBytes): void {
    while (!this.#values.isAtEnd) this.#span();
    for (const group of this.#scopes.groups) this.#group(out, group);
  }

  #group(out: ProtobufBytes, { name, version, schemaUrl, spans }: ScopeGroup<ProtobufBytes>): void {
    out.byte(SCOPE_SPANS);
    const scopeSpans = out.open();
    out.byte(SCOPE);
    const scope = out.open();
    putString(out, SCOPE_NAME, name);
    if (version) putString(out, SCOPE_VERSION, version);
    out.close(scope);
    out.put(spans.taken());
    if (schemaUrl) putString(out, SCHEMA_URL, schemaUrl);
    out.close(scopeSpans);
  }

  #span(): void {
    const values = this.#values;
    const head = this.#head;
    head.read(values);
    const out = this.#scopes.of(head.scope);

    out.byte(SPANS);
    const span = out.open();
    this.#putTraceId(out, head.traceId);
    out.byte(SPAN_ID);
    out.id(head.spanId);
    putTraceState(out, head.traceState);
    if (head.parentSpanId !== undefined) {
      out.byte(PARENT_SPAN_ID);
      out.id(head.parentSpanId);
    }
    out.byte(NAME);
    out.put(this.#attributes.text(head.name));
    if (head.kind !== undefined) putCount(out, KIND, head.kind + 1);
    out.byte(START_TIME);
    this.#time(out, values.next());
    out.byte(END_TIME);
    this.#time(out, values.next());
    const statusCode = values.next<number>();
    this.#attributes.putWithSets(out, values);
    if (statusCode === 0 && head.isPlain) out.put(PLAIN_END);
    else this.#rest(out, statusCode);
    out.close(span);
  }

  #rest(out: ProtobufBytes, statusCode: number): void {
    const values = this.#values;
    const { parts, traceFlags } = this.#head;
    const message = parts & PART.message ? values.next<string>() : '';
    const [attributes, events, links] =
      parts & PART.dropped
        ? [values.next<number>(), values.next<number>(), values.next<number>()]
        : [0, 0, 0];
    putCount(out, DROPPED_ATTRIBUTES_COUNT, attributes);
    if (parts & PART.events) this.#list(out, EVENTS, () => this.#event(out));
    putCount(out, DROPPED_EVENTS_COUNT, events);
    if (parts & PART.links) this.#list(out, LINKS, () => this.#link(out));
    putCount(out, DROPPED_LINKS_COUNT, links);
    putStatus(out, statusCode, message);
    putFlags(out, otlpFlags(traceFlags, (parts & PART.remoteParent) !== 0));
  }

  #list(out: ProtobufBytes, tag: number, putItem: () => void): void {
    for (let left = this.#values.next<number>(); left > 0; left--) {
      out.byte(tag);
      const item = out.open();
      putItem();
      out.close(item);
    }
  }

  #event(out: ProtobufBytes): void {
    const values = this.#values;
    const name = this.#attributes.text(values.next());
    out.byte(EVENT_TIME);
    this.#time(out, values.next());
    out.byte(EVENT_NAME);
    out.put(name);
    const droppedAttributes = values.next<number | undefined>() || 0;
    this.#attributes.putTo(EVENT_ATTRIBUTES, out, values);
    putCount(out, EVENT_DROPPED_ATTRIBUTES_COUNT, droppedAttributes);
  }

  #link(out: ProtobufBytes): void {
    const values = this.#values;
    out.byte(TRACE_ID);
    out.id(values.next());
    out.byte(SPAN_ID);
    out.id(values.next());
    putTraceState(out, values.next());
    const droppedAttributes = values.next<number | undefined>() || 0;
    const flags = otlpFlags(values.next(), values.next());
    this.#attributes.putTo(LINK_ATTRIBUTES, out, values);
    putCount(out, LINK_DROPPED_ATTRIBUTES_COUNT, droppedAttributes);
    out.byte(LINK_FLAGS);
    out.fixed32(flags);
  }

  /** The spans of a trace follow each other. */
  #putTraceId(out: ProtobufBytes, traceId: string): void {
    if (traceId !== this.#traceId) {
      const bytes = new ProtobufBytes(traceId.length);
      bytes.byte(TRACE_ID);
      bytes.id(traceId);
      this.#traceId = traceId;
      this.#traceIdBytes = bytes.taken();
    }
    out.put(this.#traceIdBytes);
  }

  #time(out: ProtobufBytes, time: SpanTime): void {
    const [seconds, ns] = hrTimeOf(time);
    if (seconds !== this.#seconds) {
      const nsOfSeconds = BigInt.asUintN(64, BigInt(Math.trunc(seconds)) * BigInt(NS_PER_S));
      this.#seconds = seconds;
      this.#low = Number(BigInt.asUintN(32, nsOfSeconds));
      this.#high = Number(nsOfSeconds >> BigInt(32));
    }
    if (!Number.isFinite(ns)) throw new RangeError(`expected a time, found ${ns} nanoseconds`);
    const low = this.#low + Math.trunc(ns);
    const carry = Math.floor(low / TWO_TO_32);
    out.fixed64(low - carry * TWO_TO_32, (this.#high + carry) >>> 0);
  }
}
