import { createTraceState, type SpanKind, TraceFlags } from '@opentelemetry/api';
import { hrTimeOf, type SpanTime } from '../trace-clock.js';
import { AttributesInJson } from './attributes-in-json.js';
import type { JsonBytes } from './json-bytes.js';
import { PART, type WrittenSpans, WrittenValues } from './written-spans.js';

const NS_PER_S = 1_000_000_000;
const DIGITS_OF_NS = 9;

/** Above the flags of the W3C in those of OTLP. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

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

function flagsOf(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}

/** What follows the attributes of nearly all spans. */
const PLAIN_END = bytesOf(
  `],"droppedAttributesCount":0,"events":[],"droppedEventsCount":0,"status":{"code":0},"links":[],"droppedLinksCount":0,"flags":${flagsOf(TraceFlags.SAMPLED, false)}},`,
);

function traceStateJson(traceState: string): string {
  return `,"traceState":${JSON.stringify(createTraceState(traceState).serialize())}`;
}

function putKind(out: JsonBytes, kind: SpanKind | undefined): void {
  const known = typeof kind === 'number' ? KINDS[kind + 1] : KINDS[0];
  if (known) out.put(known);
  else out.json(`,"kind":${Number(kind) + 1}`);
}

interface RestOfSpan {
  readonly parts: number;
  readonly traceFlags: number;
  readonly statusCode: number;
}

/** Writes the spans of one batch, those of each scope together. */
export class SpansInJson {
  readonly #written: WrittenSpans;
  readonly #values: WrittenValues;
  readonly #attributes: AttributesInJson;
  readonly #lend: () => JsonBytes;
  /** In the order of their first spans. */
  readonly #scopes = new Map<string, { readonly at: number; readonly spans: JsonBytes }>();
  readonly #spansAt: (JsonBytes | undefined)[] = [];
  #seconds = -1;
  #secondsDigits = bytesOf('');

  /** `lend` gives empty memory for the spans of a scope, which is done with when `writeTo` returns. */
  constructor(written: WrittenSpans, lend: () => JsonBytes) {
    this.#written = written;
    this.#values = new WrittenValues(written.values);
    this.#attributes = new AttributesInJson(written);
    this.#lend = lend;
  }

  /** Puts all scopes with their spans, with a comma after each. To be called once. */
  writeTo(out: JsonBytes): void {
    while (!this.#values.isAtEnd) this.#span();
    for (const { at, spans } of this.#scopes.values()) {
      const [name, version, schemaUrl] = this.#written.scopes.slice(at, at + 3);
      out.json(`{"scope":${JSON.stringify({ name, version })},"spans":[`);
      spans.dropComma();
      out.put(spans.taken());
      out.json(schemaUrl === undefined ? ']},' : `],"schemaUrl":${JSON.stringify(schemaUrl)}},`);
    }
  }

  #span(): void {
    const values = this.#values;
    const parts = values.next<number>();
    const traceId = values.nextTraceId();
    const spanId = values.next<string>();
    const traceFlags = values.next<number>();
    const parentSpanId = parts & PART.parent ? values.next<string>() : undefined;
    const traceState = parts & PART.traceState ? values.next<string>() : undefined;
    const name = values.next<number>();
    const kind = values.next<SpanKind | undefined>();
    const out = this.#spansOf(values.next());

    out.put(TRACE_ID);
    out.string(traceId);
    out.put(SPAN_ID);
    out.string(spanId);
    if (parentSpanId !== undefined) {
      out.put(PARENT_SPAN_ID);
      out.string(parentSpanId);
    }
    if (traceState !== undefined) out.json(traceStateJson(traceState));
    out.put(NAME);
    out.put(this.#attributes.text(name));
    putKind(out, kind);
    out.put(START);
    this.#time(out);
    out.put(END);
    this.#time(out);
    const statusCode = values.next<number>();
    out.put(ATTRIBUTES);
    this.#attributes.putWithSets(out, values);
    out.dropComma();
    const isPlain = statusCode === 0 && traceFlags === TraceFlags.SAMPLED && (parts & ~PART.parent) === 0;
    if (isPlain) out.put(PLAIN_END);
    else this.#rest(out, { parts, traceFlags, statusCode });
  }

  #rest(out: JsonBytes, { parts, traceFlags, statusCode }: RestOfSpan): void {
    const values = this.#values;
    const message = parts & PART.message ? `,"message":${JSON.stringify(values.next())}` : '';
    const [attributes, events, links] =
      parts & PART.dropped ? [values.next(), values.next(), values.next()] : [0, 0, 0];
    out.json(`],"droppedAttributesCount":${attributes},"events":[`);
    if (parts & PART.events) this.#list(out, () => this.#event(out));
    out.json(`],"droppedEventsCount":${events},"status":{"code":${statusCode}${message}},"links":[`);
    if (parts & PART.links) this.#list(out, () => this.#link(out));
    const flags = flagsOf(traceFlags, (parts & PART.remoteParent) !== 0);
    out.json(`],"droppedLinksCount":${links},"flags":${flags}},`);
  }

  #list(out: JsonBytes, putItem: () => void): void {
    for (let left = this.#values.next<number>(); left > 0; left--) putItem();
    out.dropComma();
  }

  #event(out: JsonBytes): void {
    this.#attributesOfItem(out);
    out.json('],"name":');
    out.put(this.#attributes.text(this.#values.next()));
    out.json(',"timeUnixNano":"');
    this.#time(out);
    out.json(`","droppedAttributesCount":${this.#values.next<number | undefined>() || 0}},`);
  }

  #link(out: JsonBytes): void {
    const values = this.#values;
    this.#attributesOfItem(out);
    out.json('],"spanId":');
    out.string(values.next());
    out.json(',"traceId":');
    out.string(values.next());
    const traceState = values.next<string | undefined>();
    if (traceState !== undefined) out.json(traceStateJson(traceState));
    const droppedAttributes = values.next<number | undefined>() || 0;
    const flags = flagsOf(values.next(), values.next());
    out.json(`,"droppedAttributesCount":${droppedAttributes},"flags":${flags}},`);
  }

  #attributesOfItem(out: JsonBytes): void {
    out.json('{"attributes":[');
    this.#attributes.put(out, this.#values);
    out.dropComma();
  }

  #time(out: JsonBytes): void {
    const [seconds, ns] = hrTimeOf(this.#values.next<SpanTime>());
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

  #spansOf(scopeAt: number): JsonBytes {
    let spans = this.#spansAt[scopeAt];
    if (!spans) {
      const [name, version, schemaUrl] = this.#written.scopes.slice(scopeAt, scopeAt + 3);
      const key = `${name}@${version || ''}:${schemaUrl || ''}`;
      let scope = this.#scopes.get(key);
      if (!scope) {
        scope = { at: scopeAt, spans: this.#lend() };
        this.#scopes.set(key, scope);
      }
      spans = scope.spans;
      this.#spansAt[scopeAt] = spans;
    }
    return spans;
  }
}
