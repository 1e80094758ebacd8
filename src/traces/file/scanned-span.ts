import { hexFromWords } from '../id-words.js';
import { SPAN_KINDS } from '../otlp-json.js';
import type { AttributeValue, Span, SpanDetails, SpanKind, SpanStatus } from '../span.js';
import { ValueTable } from './value-table.js';

/** By their numbers in OTLP. */
export const SPAN_STATUSES: readonly SpanStatus[] = ['unset', 'ok', 'error'];

/** So many values are kept for the next span to compare with. */
const MAX_KNOWN_VALUES = 20_000;

/**
 * The span that was scanned last, still as bytes: what is not looked at is not decoded. One object for all spans, so it must not be kept.
 */
export class ScannedSpan implements Span {
  bytes: Uint8Array = new Uint8Array(1);
  /** Where the span begins and ends. */
  from = 0;
  to = 0;
  /** Trace id in 4 words, span id in 2, its parent's in 2, which are 0 for none. */
  readonly ids = new Uint32Array(8);
  nameFrom = 0;
  nameTo = 0;
  kindNumber = 0;
  statusNumber = 0;
  startUnixMs = 0;
  durationMs = 0;
  serviceName: string | undefined;
  /** Where the value of each attribute asked for begins; 0 for none. */
  readonly valueAt: Uint32Array;
  readonly details: SpanDetails = { attributes: () => ({}), events: () => [] };
  readonly #columns: ReadonlyMap<string, number>;
  #values = new ValueTable();

  constructor(names: readonly string[], valueAt: Uint32Array) {
    this.valueAt = valueAt;
    this.#columns = new Map(names.map((name, at) => [name, at]));
  }

  get traceId(): string {
    return hexFromWords(this.ids, 0, 4);
  }

  get spanId(): string {
    return hexFromWords(this.ids, 4, 2);
  }

  get parentSpanId(): string | undefined {
    return this.ids[6] === 0 && this.ids[7] === 0 ? undefined : hexFromWords(this.ids, 6, 2);
  }

  get name(): string {
    const number = this.#known().ofText(this.bytes, this.nameFrom, this.nameTo);
    return String(this.#values.values[number]);
  }

  get kind(): SpanKind {
    return SPAN_KINDS[this.kindNumber] ?? 'internal';
  }

  get status(): SpanStatus {
    return SPAN_STATUSES[this.statusNumber] ?? 'unset';
  }

  attribute(name: string): AttributeValue | undefined {
    const at = this.valueAt[this.#columns.get(name) ?? -1] ?? 0;
    return at === 0 ? undefined : this.#known().values[this.#values.ofAnyValue(this.bytes, at)];
  }

  #known(): ValueTable {
    if (this.#values.values.length > MAX_KNOWN_VALUES) this.#values = new ValueTable();
    return this.#values;
  }
}
