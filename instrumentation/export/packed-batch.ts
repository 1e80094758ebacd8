import { deserialize, serialize } from 'node:v8';
import type { EventRecord, LinkRecord, SpanRecord } from './span-record.js';

/**
 * Spans on their way out, in memory that both threads see: handing a batch over copies nothing, and the thread that made it still has it
 * should the other one die. A few words (settled, in the trace file, how many spans), then the spans as one serialized array of primitives, which
 * costs about half of serializing them as objects, in time and in bytes.
 */
export type PackedBatch = SharedArrayBuffer;

const HEADER_BYTES = 16;
const SETTLED_WORD = 0;
const IN_FILE_WORD = 1;
const COUNT_WORD = 2;

type Attributes = SpanRecord['attributes'];

function pushAttributes(to: unknown[], attributes: Attributes | undefined): void {
  const at = to.push(0) - 1;
  if (!attributes) return;
  let count = 0;
  for (const key in attributes) {
    to.push(key, attributes[key]);
    count++;
  }
  to[at] = count;
}

function pushEvent(to: unknown[], { name, time, attributes, droppedAttributesCount }: EventRecord): void {
  to.push(name, time[0], time[1], droppedAttributesCount);
  pushAttributes(to, attributes);
}

function pushLink(to: unknown[], { context, attributes, droppedAttributesCount }: LinkRecord): void {
  to.push(context.traceId, context.spanId, context.traceFlags, context.traceState, droppedAttributesCount);
  pushAttributes(to, attributes);
}

function pushSpan(to: unknown[], span: SpanRecord): void {
  to.push(
    span.traceId,
    span.spanId,
    span.parentSpanId,
    span.traceState,
    span.traceFlags,
    span.name,
    span.kind,
  );
  to.push(span.startTime[0], span.startTime[1], span.endTime[0], span.endTime[1]);
  to.push(span.status.code, span.status.message, span.scope.name, span.scope.version, span.scope.schemaUrl);
  to.push(span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount);
  pushAttributes(to, span.attributes);
  to.push(span.events.length, span.links.length);
  for (const event of span.events) pushEvent(to, event);
  for (const link of span.links) pushLink(to, link);
}

function header(batch: PackedBatch): Int32Array {
  return new Int32Array(batch, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
}

/** Packs spans. Throws a DataCloneError when one has a value that no thread can take, a function say. */
export function pack(spans: readonly SpanRecord[]): PackedBatch {
  const values: unknown[] = [];
  for (const span of spans) pushSpan(values, span);
  const payload = serialize(values);
  const batch = new SharedArrayBuffer(HEADER_BYTES + payload.length);
  new Uint8Array(batch, HEADER_BYTES).set(payload);
  header(batch)[COUNT_WORD] = spans.length;
  return batch;
}

/** How many spans a batch has. */
export function spanCount(batch: PackedBatch): number {
  return header(batch)[COUNT_WORD] ?? 0;
}

/** Marks a batch as done with, delivered or not: nothing more will be tried. Any thread may ask. */
export function settle(batch: PackedBatch): void {
  Atomics.store(header(batch), SETTLED_WORD, 1);
}

/** Whether `settle` was called for this batch, in whatever thread. */
export function isSettled(batch: PackedBatch): boolean {
  return Atomics.load(header(batch), SETTLED_WORD) === 1;
}

/** The fields that a record may lack. */
interface OptionalFields {
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly message: string;
  readonly version: string;
  readonly schemaUrl: string;
  readonly droppedAttributesCount: number;
}

/** True the first time it is asked of a batch, in whatever thread: a batch goes to the trace file once. */
export function claimForFile(batch: PackedBatch): boolean {
  return Atomics.exchange(header(batch), IN_FILE_WORD, 1) === 0;
}

/** What was pushed, in the same order; the types are those of the pushing side. */
class Reader {
  #at = 0;
  readonly #values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.#values = values;
  }

  next<T>(): T {
    return this.#values[this.#at++] as T;
  }

  time(): [number, number] {
    return [this.next(), this.next()];
  }

  optional<K extends keyof OptionalFields>(key: K): Partial<Pick<OptionalFields, K>> {
    const value = this.next<OptionalFields[K] | undefined>();
    return (value === undefined ? {} : { [key]: value }) as Partial<Pick<OptionalFields, K>>;
  }

  attributes(): Attributes {
    const attributes: Attributes = {};
    for (let left = this.next<number>(); left > 0; left--) {
      const key = this.next<string>();
      attributes[key] = this.next();
    }
    return attributes;
  }

  list<T>(length: number, read: () => T): T[] {
    return Array.from({ length }, read);
  }
}

function readEvent(from: Reader): EventRecord {
  return {
    name: from.next(),
    time: from.time(),
    ...from.optional('droppedAttributesCount'),
    attributes: from.attributes(),
  };
}

function readLink(from: Reader): LinkRecord {
  return {
    context: {
      traceId: from.next(),
      spanId: from.next(),
      traceFlags: from.next(),
      ...from.optional('traceState'),
    },
    ...from.optional('droppedAttributesCount'),
    attributes: from.attributes(),
  };
}

function readSpan(from: Reader): SpanRecord {
  const head = {
    traceId: from.next<string>(),
    spanId: from.next<string>(),
    ...from.optional('parentSpanId'),
    ...from.optional('traceState'),
    traceFlags: from.next<number>(),
    name: from.next<string>(),
    kind: from.next<number>(),
    startTime: from.time(),
    endTime: from.time(),
    status: { code: from.next<number>(), ...from.optional('message') },
    scope: { name: from.next<string>(), ...from.optional('version'), ...from.optional('schemaUrl') },
    droppedAttributesCount: from.next<number>(),
    droppedEventsCount: from.next<number>(),
    droppedLinksCount: from.next<number>(),
    attributes: from.attributes(),
  };
  const eventCount = from.next<number>();
  const linkCount = from.next<number>();
  return {
    ...head,
    events: from.list(eventCount, () => readEvent(from)),
    links: from.list(linkCount, () => readLink(from)),
  };
}

/** The spans of a batch, as they were packed. */
export function unpack(batch: PackedBatch): SpanRecord[] {
  const from = new Reader(deserialize(new Uint8Array(batch, HEADER_BYTES)) as unknown[]);
  return from.list(spanCount(batch), () => readSpan(from));
}
