import { wordsFromHex } from '../id-words.js';
import { SPAN_KINDS } from '../otlp-json.js';
import type { AttributeValue, Span } from '../span.js';
import { type ScannedSpan, SPAN_STATUSES } from './scanned-span.js';
import { ValueTable } from './value-table.js';

/** Spans in columns, cheap to hand from one thread to another. */
export interface SpanBatch {
  readonly count: number;
  /** 8 words a span: trace id, span id, parent's id. */
  readonly ids: Uint32Array;
  /** 2 a span: start in ms since 1970, duration in ms. */
  readonly times: Float64Array;
  /** Number of the kind, and 8 times that of the status. */
  readonly codes: Uint8Array;
  /** For each span the numbers, in `values`, of name, service and of each attribute asked for. */
  readonly cells: Uint32Array;
  readonly values: readonly (AttributeValue | undefined)[];
  /** The spans as OTLP JSON one after the other, where all of them was asked for; and where each ends. */
  readonly text: Uint8Array;
  readonly textEnds: Uint32Array;
}

/** What is handed over without being copied. */
export function transferListOf({ ids, times, codes, cells, text, textEnds }: SpanBatch): ArrayBuffer[] {
  return [ids, times, codes, cells, text, textEnds].map(({ buffer }) => buffer as ArrayBuffer);
}

/** Cells before those of the attributes: name and service. */
export const FIRST_ATTRIBUTE_CELL = 2;
const FIRST_ROWS = 1024;

function otlpValue(value: AttributeValue) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function otlpAttributes(attributes: Readonly<Record<string, AttributeValue>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

/** The attributes and events of a span, whatever it was read from, as OTLP JSON. */
function otlpTextOf({ details }: Span): string {
  return JSON.stringify({
    attributes: otlpAttributes(details.attributes()),
    events: details.events().map(({ name, unixMs, attributes }) => ({
      name,
      timeUnixNano: String(BigInt(Math.round(unixMs * 1e6))),
      attributes: otlpAttributes(attributes),
    })),
  });
}

/** Collects spans into a batch. */
export class BatchBuilder {
  readonly #names: readonly string[];
  readonly #keepsText: boolean;
  #table = new ValueTable();
  #count = 0;
  #ids = new Uint32Array(FIRST_ROWS * 8);
  #times = new Float64Array(FIRST_ROWS * 2);
  #codes = new Uint8Array(FIRST_ROWS);
  #cells: Uint32Array;
  #text = new Uint8Array(0);
  #textEnds = new Uint32Array(0);
  #textTo = 0;

  constructor(names: readonly string[], keepsText: boolean) {
    this.#names = names;
    this.#keepsText = keepsText;
    this.#cells = new Uint32Array(FIRST_ROWS * (FIRST_ATTRIBUTE_CELL + names.length));
  }

  /** How many spans there are; set to less to take back the last ones. */
  get count(): number {
    return this.#count;
  }

  set count(count: number) {
    this.#count = count;
    this.#textTo = count === 0 || !this.#keepsText ? 0 : (this.#textEnds[count - 1] as number);
  }

  get textBytes(): number {
    return this.#textTo;
  }

  addScanned(span: ScannedSpan): void {
    const { bytes, valueAt } = span;
    const row = this.#nextRow();
    const cell = row * this.#stride;
    for (let word = 0; word < 8; word++) this.#ids[row * 8 + word] = span.ids[word] as number;
    this.#times[row * 2] = span.startUnixMs;
    this.#times[row * 2 + 1] = span.durationMs;
    this.#codes[row] = span.kindNumber | (span.statusNumber << 3);
    this.#cells[cell] = this.#table.ofText(bytes, span.nameFrom, span.nameTo);
    this.#cells[cell + 1] = this.#table.ofValue(span.serviceName);
    for (let at = 0; at < valueAt.length; at++) {
      const from = valueAt[at] as number;
      this.#cells[cell + FIRST_ATTRIBUTE_CELL + at] = from === 0 ? 0 : this.#table.ofAnyValue(bytes, from);
    }
    if (this.#keepsText) this.#addText(row, bytes.subarray(span.from, span.to));
  }

  add(span: Span): void {
    const row = this.#nextRow();
    const cell = row * this.#stride;
    wordsFromHex(span.traceId, this.#ids, row * 8);
    wordsFromHex(span.spanId, this.#ids, row * 8 + 4);
    wordsFromHex(span.parentSpanId ?? '0'.repeat(16), this.#ids, row * 8 + 6);
    this.#times[row * 2] = span.startUnixMs;
    this.#times[row * 2 + 1] = span.durationMs;
    this.#codes[row] = SPAN_KINDS.lastIndexOf(span.kind) | (SPAN_STATUSES.indexOf(span.status) << 3);
    this.#cells[cell] = this.#table.ofValue(span.name);
    this.#cells[cell + 1] = this.#table.ofValue(span.serviceName);
    this.#names.forEach((name, at) => {
      this.#cells[cell + FIRST_ATTRIBUTE_CELL + at] = this.#table.ofValue(span.attribute(name));
    });
    if (this.#keepsText) this.#addText(row, Buffer.from(otlpTextOf(span)));
  }

  /** Ends the batch, and begins another. */
  take(): SpanBatch {
    const count = this.#count;
    const batch = {
      count,
      ids: this.#ids.slice(0, count * 8),
      times: this.#times.slice(0, count * 2),
      codes: this.#codes.slice(0, count),
      cells: this.#cells.slice(0, count * this.#stride),
      values: this.#table.values,
      text: this.#text.slice(0, this.#textTo),
      textEnds: this.#textEnds.slice(0, this.#keepsText ? count : 0),
    };
    this.#table = new ValueTable();
    this.count = 0;
    return batch;
  }

  get #stride(): number {
    return FIRST_ATTRIBUTE_CELL + this.#names.length;
  }

  #nextRow(): number {
    const row = this.#count++;
    if (row >= this.#codes.length) {
      const rows = row * 2;
      this.#ids = enlarged(this.#ids, new Uint32Array(rows * 8));
      this.#times = enlarged(this.#times, new Float64Array(rows * 2));
      this.#codes = enlarged(this.#codes, new Uint8Array(rows));
      this.#cells = enlarged(this.#cells, new Uint32Array(rows * this.#stride));
    }
    return row;
  }

  #addText(row: number, text: Uint8Array): void {
    const to = this.#textTo + text.length;
    if (to > this.#text.length) this.#text = enlarged(this.#text, new Uint8Array(to * 2));
    if (row >= this.#textEnds.length)
      this.#textEnds = enlarged(this.#textEnds, new Uint32Array(row * 2 + 64));
    this.#text.set(text, this.#textTo);
    this.#textEnds[row] = to;
    this.#textTo = to;
  }
}

function enlarged<T extends { set(other: T): void }>(before: T, larger: T): T {
  larger.set(before);
  return larger;
}
