import { createTraceState, type SpanKind, TraceFlags } from '@opentelemetry/api';
import { hrTimeOf, type SpanTime } from '../../trace-clock.js';
import { otlpFlags, PART, SpanHead, type WrittenSpans, WrittenValues } from '../written-spans.js';
import { AttributesInJson } from './attributes-in-json.js';
import type { JsonBytes } from './json-bytes.js';
import { ScopedSpans } from './scoped-spans.js';

const NS_PER_S = 1_000_000_000;
const DIGITS_OF_NS = 9;

const bytesOf = (json: string): Uint8Array => Buffer.from(json);

/** What is the same in many spans. */
const TRACE_ID = bytesOf('{"traceId":');
const SPAN_ID = bytesOf(',"spanId":');
const PARENT_SPAN_ID = bytesOf(',"parentSpanId":');
const NAME = bytesOf(',"name":');
const KINDS = [0, 1, 2, 3, 4, 5].map((kind) => bytesOf(`,"kind":${kind}`));
const START = bytesOf(',"startTimeUnixNano":"');
const END = bytesOf('","endTimeUnixNano":"');
const ATTRIBUTES = bytesOf('","attributes":[');

/** What follows the attributes of nearly all spans. */
const PLAIN_END = bytesOf(
  `],"droppedAttributesCount":0,"events":[],"droppedEventsCount":0,"status":{"code":0},"links":[],"droppedLinksCount":0,"flags":${otlpFlags(TraceFlags.SAMPLED, false)}},`,
);

function traceStateJson(traceState: string): string {
  return `,"traceState":${JSON.stringify(createTraceState(traceState).serialize())}`;
}

function putKind(out: JsonBytes, kind: SpanKind | undefined): void {
  const known = typeof kind === 'number' ? KINDS[kind + 1] : KINDS[0];
  if (known) out.put(known);
  else out.json(`,"kind":${Number(kind) + 1}`);
}

/** Writes the spans of one batch, those of each scope together. */
export class SpansInJson {
  readonly #values: WrittenValues;
  readonly #attributes: AttributesInJson;
  readonly #scopes: ScopedSpans<JsonBytes>;
  readonly #head = new SpanHead();
  #seconds = -1;
  #secondsDigits = bytesOf('');

  /** `borrow` gives empty memory for the spans of a scope, which is done with when `writeTo` returns. */
  constructor(written: WrittenSpans, borrow: () => JsonBytes) {
    this.#values = new WrittenValues(written.values);
    this.#attributes = new AttributesInJson(written);
    this.#scopes = new ScopedSpans(written.scopes, borrow);
  }

  /** Puts all scopes with their spans, with a comma after each. To be called once. */
  writeTo(out: JsonBytes): void {
    while (!this.#values.isAtEnd) this.#span();
    for (const { name, version, schemaUrl, spans } of this.#scopes.groups) {
      out.json(`{"scope":${JSON.stringify({ name, version })},"spans":[`);
      spans.dropComma();
      out.put(spans.taken());
      out.json(schemaUrl === undefined ? ']},' : `],"schemaUrl":${JSON.stringify(schemaUrl)}},`);
    }
  }

  #span(): void {
    const values = this.#values;
    const head = this.#head;
    head.read(values);
    const out = this.#scopes.of(head.scope);

    out.put(TRACE_ID);
    out.string(head.traceId);
    out.put(SPAN_ID);
    out.string(head.spanId);
    if (head.parentSpanId !== undefined) {
      out.put(PARENT_SPAN_ID);
      out.string(head.parentSpanId);
    }
    if (head.traceState !== undefined) out.json(traceStateJson(head.traceState));
    out.put(NAME);
    out.put(this.#attributes.text(head.name));
    putKind(out, head.kind);
    out.put(START);
    this.#time(out, values.next());
    out.put(END);
    this.#time(out, values.next());
    const statusCode = values.next<number>();
    out.put(ATTRIBUTES);
    this.#attributes.putWithSets(out, values);
    out.dropComma();
    if (statusCode === 0 && head.isPlain) out.put(PLAIN_END);
    else this.#rest(out, statusCode);
  }

  #rest(out: JsonBytes, statusCode: number): void {
    const values = this.#values;
    const { parts, traceFlags } = this.#head;
    const message = parts & PART.message ? `,"message":${JSON.stringify(values.next())}` : '';
    const [attributes, events, links] =
      parts & PART.dropped ? [values.next(), values.next(), values.next()] : [0, 0, 0];
    out.json(`],"droppedAttributesCount":${attributes},"events":[`);
    if (parts & PART.events) this.#list(out, () => this.#event(out));
    out.json(`],"droppedEventsCount":${events},"status":{"code":${statusCode}${message}},"links":[`);
    if (parts & PART.links) this.#list(out, () => this.#link(out));
    const flags = otlpFlags(traceFlags, (parts & PART.remoteParent) !== 0);
    out.json(`],"droppedLinksCount":${links},"flags":${flags}},`);
  }

  #list(out: JsonBytes, putItem: () => void): void {
    for (let left = this.#values.next<number>(); left > 0; left--) putItem();
    out.dropComma();
  }

  #event(out: JsonBytes): void {
    const values = this.#values;
    const name = this.#attributes.text(values.next());
    const time = values.next<SpanTime>();
    const droppedAttributes = values.next<number | undefined>() || 0;
    this.#attributesOfItem(out);
    out.json('],"name":');
    out.put(name);
    out.json(',"timeUnixNano":"');
    this.#time(out, time);
    out.json(`","droppedAttributesCount":${droppedAttributes}},`);
  }

  #link(out: JsonBytes): void {
    const values = this.#values;
    const traceId = values.next<string>();
    const spanId = values.next<string>();
    const traceState = values.next<string | undefined>();
    const droppedAttributes = values.next<number | undefined>() || 0;
    const flags = otlpFlags(values.next(), values.next());
    this.#attributesOfItem(out);
    out.json('],"spanId":');
    out.string(spanId);
    out.json(',"traceId":');
    out.string(traceId);
    if (traceState !== undefined) out.json(traceStateJson(traceState));
    out.json(`,"droppedAttributesCount":${droppedAttributes},"flags":${flags}},`);
  }

  #attributesOfItem(out: JsonBytes): void {
    out.json('{"attributes":[');
    this.#attributes.put(out, this.#values);
    out.dropComma();
  }

  #time(out: JsonBytes, time: SpanTime): void {
    const [seconds, ns] = hrTimeOf(time);
    const isPlain =
      seconds > 0 && Number.isInteger(seconds) && ns >= 0 && ns < NS_PER_S && Number.isInteger(ns);
    if (!isPlain) {
      out.json(String(BigInt(Math.trunc(seconds)) * BigInt(NS_PER_S) + BigInt(Math.trunc(ns))));
      return;
    }
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#secondsDigits = bytesOf(String(seconds));
    }
    out.put(this.#secondsDigits);
    out.digits(ns, DIGITS_OF_NS);
  }
}
