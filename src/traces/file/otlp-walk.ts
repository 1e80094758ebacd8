import { isObject, type JsonObject } from '../json-value.js';
import { serviceNameOf } from '../otlp-json.js';
import { type JsonCursor, NOT_TAKEN } from './json-cursor.js';
import type { OtherSignal } from './reading-report.js';
import type { ScannedSpan } from './scanned-span.js';
import { SpanScanner } from './span-scanner.js';

const [RESOURCE_SPANS, RESOURCE, SCOPE_SPANS, SPANS, RESULT, OLD_SCOPE_SPANS] = [
  'resourceSpans',
  'resource',
  'scopeSpans',
  'spans',
  'result',
  'instrumentationLibrarySpans',
].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

/** By the key that stands where those of traces have `resourceSpans`. */
export const OTHER_SIGNALS: readonly (readonly [OtherSignal, Buffer])[] = [
  ['logs', Buffer.from('resourceLogs')],
  ['metrics', Buffer.from('resourceMetrics')],
  ['profiles', Buffer.from('resourceProfiles')],
];

/** What a piece of JSON holds. */
export type Content = 'traces' | OtherSignal | 'unknown';

/** A piece of bytes that is JSON, as `JSON.parse` gives it. */
export function parseBytes(bytes: Uint8Array, from: number, to: number): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString());
}

export interface OtlpWalkOptions {
  readonly cursor: JsonCursor;
  /** The attributes that are asked for. */
  readonly names: readonly string[];
  /** A span as exporters write them; valid until it returns. */
  readonly onScanned: (span: ScannedSpan) => void;
  /** Any other, with its service. */
  readonly onParsed: (span: JsonObject, serviceName: string | undefined) => void;
}

/** Walks from span to span through OTLP JSON in bytes. What is unusual around the spans is not taken. */
export class OtlpWalk {
  readonly #cursor: JsonCursor;
  readonly #scanner: SpanScanner;
  readonly #onScanned: OtlpWalkOptions['onScanned'];
  readonly #onParsed: OtlpWalkOptions['onParsed'];

  constructor({ cursor, names, onScanned, onParsed }: OtlpWalkOptions) {
    this.#cursor = cursor;
    this.#scanner = new SpanScanner(cursor, names);
    this.#onScanned = onScanned;
    this.#onParsed = onParsed;
  }

  /** Walks through the object at the cursor, and says what it holds. Throws NOT_TAKEN. */
  document(): Content {
    const cursor = this.#cursor;
    if (!cursor.enterObject()) throw NOT_TAKEN;
    let content: Content = 'unknown';
    for (let isFirst = true; this.#nextMember(isFirst); isFirst = false) {
      const holdsTraces = cursor.isKey(RESOURCE_SPANS);
      if (holdsTraces || cursor.isKey(RESULT)) {
        // Of two members with one key the last counts, which is too rare to be worth the trouble here.
        if (content === 'traces') throw NOT_TAKEN;
        if (holdsTraces) this.#resourceSpans();
        content = holdsTraces ? 'traces' : this.document();
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
      this.#scanner.span.serviceName = serviceNameOf(parseBytes(cursor.bytes, valueAt, cursor.at));
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

  /** Takes the span at the cursor. Throws NOT_TAKEN where it is no JSON. */
  span(serviceName: string | undefined): void {
    this.#scanner.span.serviceName = serviceName;
    this.#span();
  }

  #span(): void {
    const scanner = this.#scanner;
    const { span } = scanner;
    if (scanner.scan()) this.#onScanned(span);
    else {
      const value = parseBytes(span.bytes, span.from, span.to);
      if (isObject(value)) this.#onParsed(value, span.serviceName);
    }
  }

  /** Moves to an object's next member; what has its key written with escapes is left to `JSON.parse`. */
  #nextMember(isFirst: boolean): boolean {
    const cursor = this.#cursor;
    cursor.sawEscape = false;
    const isThere = cursor.nextMember(isFirst);
    if (cursor.sawEscape) throw NOT_TAKEN;
    return isThere;
  }
}
