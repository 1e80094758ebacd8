import { type BinaryIds, hexFromWords } from '../id-words.js';
import { isObject } from '../json-value.js';
import { otlpDetails, SPAN_KINDS } from '../otlp-json.js';
import type { AttributeValue, Span, SpanDetails, SpanKind, SpanStatus } from '../span.js';
import { SPAN_STATUSES } from './scanned-span.js';
import { FIRST_ATTRIBUTE_CELL, type SpanBatch } from './span-batch.js';

/** The attributes in the columns of a batch: name to place. */
export type Columns = ReadonlyMap<string, number>;

/** One span of a batch, which it holds: whoever keeps spans for long copies what is needed. */
class BatchSpan implements Span, BinaryIds {
  readonly #batch: SpanBatch;
  readonly #row: number;
  readonly #columns: Columns;
  #details: SpanDetails | undefined;

  constructor(batch: SpanBatch, row: number, columns: Columns) {
    this.#batch = batch;
    this.#row = row;
    this.#columns = columns;
  }

  get traceId(): string {
    return hexFromWords(this.#batch.ids, this.#row * 8, 4);
  }

  get spanId(): string {
    return hexFromWords(this.#batch.ids, this.#row * 8 + 4, 2);
  }

  get parentSpanId(): string | undefined {
    const at = this.#row * 8 + 6;
    const { ids } = this.#batch;
    return ids[at] === 0 && ids[at + 1] === 0 ? undefined : hexFromWords(ids, at, 2);
  }

  get name(): string {
    return String(this.#cell(0));
  }

  get kind(): SpanKind {
    return SPAN_KINDS[(this.#batch.codes[this.#row] as number) & 7] ?? 'internal';
  }

  get status(): SpanStatus {
    return SPAN_STATUSES[(this.#batch.codes[this.#row] as number) >> 3] ?? 'unset';
  }

  get serviceName(): string | undefined {
    return this.#cell(1) as string | undefined;
  }

  get startUnixMs(): number {
    return this.#batch.times[this.#row * 2] as number;
  }

  get durationMs(): number {
    return this.#batch.times[this.#row * 2 + 1] as number;
  }

  get details(): SpanDetails {
    this.#details ??= this.#readDetails();
    return this.#details;
  }

  #readDetails(): SpanDetails {
    const { textEnds, text } = this.#batch;
    if (textEnds.length > 0) {
      const from = this.#row === 0 ? 0 : (textEnds[this.#row - 1] as number);
      const json: unknown = JSON.parse(Buffer.from(text.subarray(from, textEnds[this.#row])).toString());
      return otlpDetails(isObject(json) ? json : {});
    }
    return { attributes: () => this.#asked(), events: () => [] };
  }

  attribute(name: string): AttributeValue | undefined {
    const column = this.#columns.get(name);
    if (column !== undefined) return this.#cell(FIRST_ATTRIBUTE_CELL + column);
    return this.#batch.textEnds.length > 0 ? this.details.attributes()[name] : undefined;
  }

  writeIds(words: Uint32Array): void {
    const { ids } = this.#batch;
    const first = this.#row * 8;
    for (let at = 0; at < 6; at++) words[at] = ids[first + at] as number;
  }

  #cell(at: number): AttributeValue | undefined {
    const { cells, values } = this.#batch;
    return values[cells[this.#row * (FIRST_ATTRIBUTE_CELL + this.#columns.size) + at] as number];
  }

  #asked(): Record<string, AttributeValue> {
    const found: Record<string, AttributeValue> = {};
    for (const [name, column] of this.#columns) {
      const value = this.#cell(FIRST_ATTRIBUTE_CELL + column);
      if (value !== undefined) found[name] = value;
    }
    return found;
  }
}

/** The spans of a batch, as the questions know them. */
export function spansOf(batch: SpanBatch, columns: Columns): Span[] {
  const spans: Span[] = [];
  for (let row = 0; row < batch.count; row++) spans.push(new BatchSpan(batch, row, columns));
  return spans;
}
