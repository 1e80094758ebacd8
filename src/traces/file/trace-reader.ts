import type { IdSet } from '../id-set.js';
import { wordsFromHex } from '../id-words.js';
import { readJaegerJson } from '../jaeger/jaeger-json.js';
import { isObject, type JsonObject, objectsOf } from '../json-value.js';
import { readOtlpJson, readOtlpSpan, type SpansRead } from '../otlp-json.js';
import type { Span } from '../span.js';
import { JsonCursor, NOT_TAKEN } from './json-cursor.js';
import { createMentionTest } from './mentions-trace.js';
import { type Content, OTHER_SIGNALS, OtlpWalk, parseBytes } from './otlp-walk.js';
import { addFault, createReport, type ReadingReport } from './reading-report.js';
import type { ScannedSpan } from './scanned-span.js';
import { BatchBuilder, type SpanBatch } from './span-batch.js';
import { attributeNames, createSpanTest, traceIdSet, type WantedSpans } from './wanted-spans.js';

/** A batch is given away when it has so many spans, or so much text. */
const BATCH_SPANS = 8192;
const BATCH_TEXT_BYTES = 4_000_000;

/** The spans of JSON that was parsed: OTLP's, or Jaeger's own as its UI saves it; undefined for anything else. */
function spansIn(value: unknown): SpansRead | undefined {
  if (Array.isArray(value)) {
    const parts = value.map(spansIn).filter((part) => part !== undefined);
    if (parts.length === 0) return undefined;
    return { spans: parts.flatMap(({ spans }) => spans), faults: parts.flatMap(({ faults }) => faults) };
  }
  if (!isObject(value)) return undefined;
  const data = isObject(value['result']) ? value['result'] : value;
  if (Array.isArray(data['resourceSpans'])) return readOtlpJson(data);
  const traces = objectsOf(value['data']);
  return traces.some(({ spans }) => Array.isArray(spans)) ? readJaegerJson(traces) : undefined;
}

/** Takes the spans that are wanted out of JSON in bytes. Whatever is unusual in it goes the long way through `JSON.parse`, with the same result. */
export class TraceReader {
  /** How it went since the last `takeReport`. */
  report = createReport();
  /** The attributes in the columns of its batches. */
  readonly names: readonly string[];
  readonly #cursor = new JsonCursor();
  readonly #walk: OtlpWalk;
  readonly #builder: BatchBuilder;
  readonly #isWanted: (span: Span) => boolean;
  readonly #traceIds: IdSet | undefined;
  readonly #mayHaveWanted: (bytes: Uint8Array, from: number, to: number) => boolean;
  readonly #words = new Uint32Array(4);
  #faults: string[] = [];

  constructor(wanted: WantedSpans) {
    this.names = attributeNames(wanted);
    this.#builder = new BatchBuilder(this.names, wanted.fields === 'all');
    this.#isWanted = createSpanTest(wanted);
    this.#traceIds = traceIdSet(wanted);
    this.#mayHaveWanted = this.#traceIds === undefined ? () => true : createMentionTest(this.#traceIds);
    this.#walk = new OtlpWalk({
      cursor: this.#cursor,
      names: this.names,
      onScanned: (span) => this.#addScanned(span),
      onParsed: (span, serviceName) => this.#addParsed(span, serviceName),
    });
  }

  /**
   * Reads a piece of JSON that holds one or more whole values, and after which a byte 0 stands. False where it is none, or holds nothing
   * that is known; then nothing of it was taken.
   */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    if (!this.#mayHaveWanted(bytes, from, to)) {
      this.report.tracesCount++;
      return true;
    }
    const before = this.#builder.count;
    this.#faults = [];
    let content = this.#scan(bytes, from, to);
    if (content === 'unknown') {
      this.#builder.count = before;
      this.#faults = [];
      content = this.#parse(bytes, from, to);
    }
    for (const what of this.#faults) addFault(this.report, `a span ${what}`);
    if (content === 'traces') this.report.tracesCount++;
    else if (content !== 'unknown') this.report.others[content]++;
    return content !== 'unknown';
  }

  /** Reads one span of OTLP JSON, as `read` does. False where it is no JSON. */
  readSpan(bytes: Uint8Array, serviceName: string | undefined): boolean {
    this.#faults = [];
    this.#cursor.bytes = bytes;
    this.#cursor.at = 0;
    try {
      this.#walk.span(serviceName);
    } catch (error) {
      if (error !== NOT_TAKEN) throw error;
      return false;
    }
    for (const what of this.#faults) addFault(this.report, `a span ${what}`);
    return true;
  }

  /** Reads one trace of Jaeger's own JSON. False where it is no JSON. */
  readJaegerTrace(bytes: Uint8Array): boolean {
    let trace: unknown;
    try {
      trace = parseBytes(bytes, 0, bytes.length);
    } catch {
      return false;
    }
    const read = readJaegerJson(objectsOf([trace]));
    for (const span of read.spans) this.#add(span);
    for (const what of read.faults) addFault(this.report, `a span ${what}`);
    return true;
  }

  takeReport(): ReadingReport {
    const { report } = this;
    this.report = createReport();
    return report;
  }

  /** The spans that have been read, if they are many, or `all` there are. */
  takeBatch(all: boolean): SpanBatch | undefined {
    const { count, textBytes } = this.#builder;
    const isFull = count >= BATCH_SPANS || textBytes >= BATCH_TEXT_BYTES;
    return isFull || (all && count > 0) ? this.#builder.take() : undefined;
  }

  #scan(bytes: Uint8Array, from: number, to: number): Content {
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = from;
    let content: Content = 'unknown';
    try {
      while (cursor.skipSpace() !== 0 || cursor.at < to) {
        const found = this.#walk.document();
        if (found === 'unknown') return found;
        if (content !== 'traces') content = found;
      }
    } catch (error) {
      if (error !== NOT_TAKEN) throw error;
      return 'unknown';
    }
    return content;
  }

  #parse(bytes: Uint8Array, from: number, to: number): Content {
    let value: unknown;
    try {
      value = parseBytes(bytes, from, to);
    } catch {
      return 'unknown';
    }
    const read = spansIn(value);
    if (read !== undefined) {
      for (const span of read.spans) this.#add(span);
      this.#faults.push(...read.faults);
      return 'traces';
    }
    return isObject(value)
      ? (OTHER_SIGNALS.find(([, key]) => key.toString() in value)?.[0] ?? 'unknown')
      : 'unknown';
  }

  #add(span: Span): void {
    if (this.#traceIds !== undefined) {
      wordsFromHex(span.traceId, this.#words, 0);
      if (!this.#traceIds.has(this.#words)) return;
    }
    if (this.#isWanted(span)) this.#builder.add(span);
  }

  #addScanned(span: ScannedSpan): void {
    if (this.#traceIds !== undefined && !this.#traceIds.has(span.ids)) return;
    if (this.#isWanted(span)) this.#builder.addScanned(span);
  }

  #addParsed(json: JsonObject, serviceName: string | undefined): void {
    const span = readOtlpSpan(json, serviceName);
    if (typeof span === 'string') this.#faults.push(span);
    else this.#add(span);
  }
}
