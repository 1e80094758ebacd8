import { type SpanKind, TraceFlags } from '@opentelemetry/api';

/** Spans as arrays of primitives, but for times that were given, which cost a fraction of objects to serialize, in time and in bytes. */
export interface WrittenSpans {
  /** Names, attribute keys and long texts, each once: a statement that every event runs takes its place once a batch. */
  readonly texts: readonly string[];
  /** Name, version and schema URL of each scope. */
  readonly scopes: readonly (string | undefined)[];
  /** Attributes that many spans have, as those of a span are written, each with its end. */
  readonly sets: readonly (readonly unknown[])[];
  /** The spans, one after the other; see `SpanWriter` for their form, `readSpans`, `SpansInJson` and `SpansInProtobuf` for the ways back. */
  readonly values: readonly unknown[];
}

/** Which of its rarer parts a span has: they take no place where they are not there. */
export const PART = {
  parent: 1,
  remoteParent: 2,
  traceState: 4,
  message: 8,
  dropped: 16,
  events: 32,
  links: 64,
};

/** Ends a list of attributes; keys are numbers from 0, and -2 - key says that the value is one of `texts`. */
export const END_OF_ATTRIBUTES = -1;

/** The key that such a number stands for. */
export function keyOf(at: number): number {
  return at < 0 ? -2 - at : at;
}

/** Goes through values that a `SpanWriter` wrote, from the first to the last; their types are those of the writing side. */
export class WrittenValues {
  /** The place of the next one. */
  at = 0;
  readonly #values: readonly unknown[];
  #traceId = '';

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#values.length;
  }

  next<T>(): T {
    return this.#values[this.at++] as T;
  }

  /** It is written only where it is not that of the span before. */
  nextTraceId(): string {
    const traceId = this.next<string | 0>();
    if (traceId !== 0) this.#traceId = traceId;
    return this.#traceId;
  }
}

/** A scope by its place in `scopes`; those of one key are the same. */
export function scopeAt(scopes: WrittenSpans['scopes'], at: number) {
  const [name = '', version, schemaUrl] = scopes.slice(at, at + 3);
  return { key: `${name}@${version || ''}:${schemaUrl || ''}`, name, version, schemaUrl };
}

/** What stands first of a span, up to its times; one is used for all spans of a batch. Names and scopes are places. */
export class SpanHead {
  parts = 0;
  traceId = '';
  spanId = '';
  traceFlags = 0;
  parentSpanId: string | undefined;
  /** Serialized. */
  traceState: string | undefined;
  name = 0;
  kind: SpanKind | undefined;
  scope = 0;

  /** Whether it has no rare parts, and is sampled and nothing else. */
  get isPlain(): boolean {
    return (this.parts & ~PART.parent) === 0 && this.traceFlags === TraceFlags.SAMPLED;
  }

  /** Takes that of the span that comes next. */
  read(values: WrittenValues): void {
    this.parts = values.next();
    this.traceId = values.nextTraceId();
    this.spanId = values.next();
    this.traceFlags = values.next();
    this.parentSpanId = this.parts & PART.parent ? values.next() : undefined;
    this.traceState = this.parts & PART.traceState ? values.next() : undefined;
    this.name = values.next();
    this.kind = values.next();
    this.scope = values.next();
  }
}

/** Above the flags of the W3C in those of OTLP. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** The flags of a span or a link as OTLP has them. */
export function otlpFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (isRemote ? IS_REMOTE : 0);
}
