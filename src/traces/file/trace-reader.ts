import type { IdSet } from '../id-set.js';
import { wordsFromHex } from '../id-words.js';
import { readJaegerJson } from '../jaeger/jaeger-json.js';
import { isObject, type JsonObject, objectsOf } from '../json-value.js';
import { readOtlpJson, readOtlpSpan, type SpansRead, serviceNameOf } from '../otlp-json.js';
import type { Span } from '../span.js';
import { JsonCursor, NOT_TAKEN } from './json-cursor.js';
import { addFault, createReport, type OtherSignal, type ReadingReport } from './reading-report.js';
import { BatchBuilder, type SpanBatch } from './span-batch.js';
import { SpanScanner } from './span-scanner.js';
import { attributeNames, createSpanTest, traceIdSet, type WantedSpans } from './wanted-spans.js';

const [RESOURCE_SPANS, RESOURCE, SCOPE_SPANS, SPANS, RESULT, OLD_SCOPE_SPANS] = [
  'resourceSpans',
  'resource',
  'scopeSpans',
  'spans',
  'result',
  'instrumentationLibrarySpans',
].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

const OTHER_SIGNALS: readonly (readonly [OtherSignal, Buffer])[] = [
  ['logs', Buffer.from('resourceLogs')],
  ['metrics', Buffer.from('resourceMetrics')],
  ['profiles', Buffer.from('resourceProfiles')],
];

/** A batch is given away when it has so many spans, or so much text. */
const BATCH_SPANS = 8192;
const BATCH_TEXT_BYTES = 4_000_000;

/** What a piece of JSON holds. */
type Content = 'traces' | OtherSignal | 'unknown';

function parse(bytes: Uint8Array, from: number, to: number): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString());
}

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
  readonly #scanner: SpanScanner;
  readonly #builder: BatchBuilder;
  readonly #isWanted: (span: Span) => boolean;
  readonly #traceIds: IdSet | undefined;
  readonly #words = new Uint32Array(4);
  #faults: string[] = [];

  constructor(wanted: WantedSpans) {
    this.names = attributeNames(wanted);
    this.#scanner = new SpanScanner(this.#cursor, this.names);
    this.#builder = new BatchBuilder(this.names, wanted.fields === 'all');
    this.#isWanted = createSpanTest(wanted);
    this.#traceIds = traceIdSet(wanted);
  }

  /**
   * Reads a piece of JSON that holds one or more whole values, and after which a byte 0 stands. False where it is none, or holds nothing
   * that is known; then nothing of it was taken.
   */
  read(bytes: Uint8Array, from: number, to: number): boolean {
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
    this.#scanner.span.serviceName = serviceName;
    try {
      this.#span();
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
      trace = parse(bytes, 0, bytes.length);
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
        const found = this.#document();
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
      value = parse(bytes, from, to);
    } catch {
      return 'unknown';
    }
    const read = spansIn(value);
    if (read !== undefined) {
      for (const span of read.spans) this.#add(span);
      this.#faults.push(...read.faults);
      return 'traces';
    }
    return isObject(value) ? (OTHER_SIGNALS.find(([, key]) => key.toString() in value)?.[0] ?? 'unknown') : 'unknown';
  }

  #add(span: Span): void {
    if (this.#traceIds !== undefined) {
      wordsFromHex(span.traceId, this.#words, 0);
      if (!this.#traceIds.has(this.#words)) return;
    }
    if (this.#isWanted(span)) this.#builder.add(span);
  }

  /** Moves to an object's next member; what has its key written with escapes is left to `JSON.parse`. */
  #nextMember(isFirst: boolean): boolean {
    const cursor = this.#cursor;
    cursor.sawEscape = false;
    const isThere = cursor.nextMember(isFirst);
    if (cursor.sawEscape) throw NOT_TAKEN;
    return isThere;
  }

  #document(): Content {
    const cursor = this.#cursor;
    if (!cursor.enterObject()) throw NOT_TAKEN;
    let content: Content = 'unknown';
    for (let isFirst = true; this.#nextMember(isFirst); isFirst = false) {
      const holdsTraces = cursor.isKey(RESOURCE_SPANS);
      if (holdsTraces || cursor.isKey(RESULT)) {
        // Of two members with one key the last counts, which is too rare to be worth the trouble here.
        if (content === 'traces') throw NOT_TAKEN;
        if (holdsTraces) this.#resourceSpans();
        content = holdsTraces ? 'traces' : this.#document();
        continue;
      }
      const signal = OTHER_SIGNALS.find(([, key]) => cursor.isKey(key));
      if (signal !== undefined && content === 'unknown') content = signal[0];
      cursor.skipValue();
    }
    return content;
  }

  #resourceSpans(): void {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) throw NOT_TAKEN;
    for (let isFirst = true; cursor.nextElement(isFirst); isFirst = false) {
      if (!cursor.enterObject()) throw NOT_TAKEN;
      this.#resource();
    }
  }

  #resource(): void {
    const cursor = this.#cursor;
    let hasResource = false;
    let scopeSpansAt = 0;
    this.#scanner.span.serviceName = undefined;
    for (let isFirst = true; this.#nextMember(isFirst); isFirst = false) {
      if (cursor.isKey(SCOPE_SPANS)) {
        if (scopeSpansAt !== 0) throw NOT_TAKEN;
        scopeSpansAt = cursor.at;
        // Whose spans they are stands behind them: they are read later.
        if (hasResource) this.#scopeSpans();
        else cursor.skipValue();
        continue;
      }
      const valueAt = cursor.at;
      const isResource = cursor.isKey(RESOURCE);
      if (cursor.isKey(OLD_SCOPE_SPANS) || (isResource && hasResource)) throw NOT_TAKEN;
      cursor.skipValue();
      if (!isResource) continue;
      hasResource = true;
      this.#scanner.span.serviceName = serviceNameOf(parse(cursor.bytes, valueAt, cursor.at));
      if (scopeSpansAt !== 0) this.#goBackTo(scopeSpansAt);
    }
    if (!hasResource && scopeSpansAt !== 0) this.#goBackTo(scopeSpansAt);
  }

  #goBackTo(scopeSpansAt: number): void {
    const { at } = this.#cursor;
    this.#cursor.at = scopeSpansAt;
    this.#scopeSpans();
    this.#cursor.at = at;
  }

  #scopeSpans(): void {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) throw NOT_TAKEN;
    for (let isFirst = true; cursor.nextElement(isFirst); isFirst = false) {
      if (!cursor.enterObject()) throw NOT_TAKEN;
      let hasSpans = false;
      for (let isFirstMember = true; this.#nextMember(isFirstMember); isFirstMember = false) {
        if (!cursor.isKey(SPANS)) cursor.skipValue();
        else if (hasSpans || !cursor.enterArray()) throw NOT_TAKEN;
        else {
          hasSpans = true;
          for (let isFirstSpan = true; cursor.nextElement(isFirstSpan); isFirstSpan = false) this.#span();
        }
      }
    }
  }

  #span(): void {
    const scanner = this.#scanner;
    const { span } = scanner;
    if (scanner.scan()) {
      if (this.#traceIds !== undefined && !this.#traceIds.has(span.ids)) return;
      if (this.#isWanted(span)) this.#builder.addScanned(span);
      return;
    }
    const value = parse(span.bytes, span.from, span.to);
    if (!isObject(value)) return;
    const read = readOtlpSpan(value as JsonObject, span.serviceName);
    if (typeof read === 'string') this.#faults.push(read);
    else this.#add(read);
  }
}
