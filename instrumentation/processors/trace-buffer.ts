import { clearInterval, setInterval } from 'node:timers';
import { SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Outlet } from '../export/outlet.js';
import type { SpanRecord } from '../export/span-record.js';
import { isKept } from '../keep-ratio.js';
import { isLeftOut } from '../left-out.js';
import { nowMs } from '../now-ms.js';
import {
  isImportant,
  keepTimes,
  knownIds,
  noteStart,
  type OpenTrace,
  openSpansOf,
  openTrace,
  toRecordsWith,
} from '../open-trace.js';
import { setOwnAttribute } from '../own-attribute.js';
import { RecordedSpan } from '../recorder/recorded-span.js';
import { type TimedSpan, toTimedSpan } from '../self-time.js';
import { refineStart } from '../trace-clock.js';

export interface TraceBufferOptions {
  readonly outlet: Outlet;
  /** Most finished spans held by the buffer and the way out together; past it the oldest trace leaves as it is. */
  readonly maxHeldSpans: number;
  /** Longest wait of a flush, in ms. */
  readonly exitTimeoutMs: number;
  /** Share of fast traces that are exported, 0 to 1. */
  readonly keepRatio: number;
}

/** Past this age a trace whose root is still open leaves as it is; its later spans follow one by one. */
const LONGEST_HELD_MS = 60_000;
const SWEEP_EVERY_MS = 5_000;
/** While traces have left in part, so much of the room is for what follows of them: others are given up, so that these get no holes. */
const SHARE_FOR_THE_REST = 1 / 8;
/** Where even that was not enough. */
const CUT = 'past GRANTS_OTEL_MAX_HELD_SPANS, of traces that had left in part';
/** Traces whose spans never end are forgotten, the oldest first, past so many. */
const MOST_OPEN_TRACES = 20_000;
const MANY_OPEN = `open to the end, of more than ${MOST_OPEN_TRACES} traces that were`;
/** Of so many traces that are over it is known that they were exported, where not all are: a span may begin after they have ended. */
const MOST_EXPORTED = 5_000;

/**
 * Holds the finished spans of a trace until its root ends, then lets them leave together, each with all ids that the trace came to know; and
 * decides then whether a fast trace is exported at all. Bounded by number and by age; a span that ends after its root follows alone.
 */
export class TraceBuffer implements SpanProcessor {
  readonly #options: TraceBufferOptions;
  readonly #traces = new Map<string, OpenTrace>();
  /** Those of which spans are held, in the order in which that began. */
  readonly #holding = new Set<OpenTrace>();
  /** By trace id: what a trace that is over, and was exported, came to know of ids. The latest ones, where the ratio is below 1. */
  readonly #exported = new Map<string, OpenTrace['ids']>();
  /** Goes on from one to the next: to begin anew would be to pass all that have left since. Only while it is asked again and again. */
  #oldestFirst: Iterator<OpenTrace> | undefined;
  #held = 0;
  #leftInPart = 0;
  /** Spans that were open when their trace was forgotten, and how many of them still are. */
  readonly #forgotten = new WeakSet<object>();
  #forgottenOpen = 0;
  /** Nothing is taken any more. */
  #isOver = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: TraceBufferOptions) {
    this.#options = options;
  }

  onStart(span: Span): void {
    if (this.#isOver) return;
    const traceId = traceIdOf(span);
    let trace = this.#traces.get(traceId);
    if (!trace) {
      trace = this.#begin(span, traceId);
      if (this.#traces.size > MOST_OPEN_TRACES) this.#forgetOldest();
      this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
    }
    if (!(span instanceof RecordedSpan)) refineStart(span, trace.originMs);
    noteStart(trace, span);
  }

  /** What begins when its trace is over belongs to it, if that was exported; else it is decided on by itself. */
  #begin(span: Span, traceId: string): OpenTrace {
    const trace = openTrace(span);
    this.#traces.set(traceId, trace);
    const ids = this.#exported.get(traceId);
    if (ids) {
      trace.isExported = true;
      trace.ids = ids;
    }
    return trace;
  }

  onEnd(span: ReadableSpan): void {
    if (this.#isOver) return;
    const trace = this.#traces.get(traceIdOf(span));
    if (this.#forgottenOpen > 0 && this.#forgotten.delete(span)) this.#forgottenOpen--;
    if (!trace) {
      this.#options.outlet.send(toRecordsWith([span], {}));
      return;
    }
    // One of a trace that was forgotten since, and begun again, was not counted here.
    trace.openSpans = Math.max(trace.openSpans - 1, 0);
    if (isImportant(span)) trace.isImportant = true;
    if (trace.isExported !== undefined) {
      if (trace.isExported && !trace.isGivenUp) this.#send(trace, toRecordsWith([span], trace.ids));
      else if (trace.isGivenUp) this.#lose(trace, 1);
      this.#forgetIfDone(trace);
      return;
    }
    if (trace.isGivenUp) {
      this.#lose(trace, 1);
      keepTimes(trace, [span]);
    } else {
      if (trace.ended.push(span) === 1) this.#holding.add(trace);
      this.#held++;
    }
    if (span === trace.root) trace.hasRootEnded = true;
    if (trace.hasRootEnded && this.#isDecided(trace)) this.#finish(trace);
    else this.#relieve(trace);
  }

  /**
   * Takes a trace that is over, of which nothing was told here before: all of its spans, in the order they ended. It is exported, unless it is
   * left out.
   */
  onWhole(spans: readonly RecordedSpan[]): void {
    const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
    if (!root || isLeftOut(root)) return;
    const { keepRatio, outlet } = this.#options;
    const ids = knownIds(root, spans);
    if (keepRatio < 1) setOwnAttribute(root, 'keepRatio', keepRatio);
    const isSent = outlet.send(toRecordsWith(spans, ids), {
      mostHeld: this.#mostHeldFor(false) - this.#held,
      why: undefined,
    });
    if (isSent) this.#noteExported(root.trace.traceId, ids);
  }

  /** The spans of a trace that are known here, open ones included. */
  spansOf(traceId: string): TimedSpan[] {
    const trace = this.#traces.get(traceId);
    if (!trace) return [];
    const open = openSpansOf(trace).map((span) => toTimedSpan(span));
    return [...trace.left, ...trace.ended.map((span) => toTimedSpan(span)), ...open];
  }

  /**
   * Ends every span that is still open, as one that the end of the process interrupted: the inner ones first. At `atMs` by the fine clock, or now
   * where that is not given, or before the span.
   */
  interruptOpenSpans(atMs?: number): void {
    if (this.#forgottenOpen > 0) this.#options.outlet.lose(this.#forgottenOpen, MANY_OPEN);
    this.#forgottenOpen = 0;
    for (const trace of [...this.#traces.values()]) {
      for (const span of openSpansOf(trace).reverse()) {
        setOwnAttribute(span, 'interrupted', true);
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'the process ended before the span did' });
        span.end(cutOff(span, atMs === undefined ? undefined : trace.originMs + atMs));
      }
    }
  }

  /** Gives up the traces that are under way, because of `why`, and takes nothing any more. */
  giveUp(why: string): void {
    let lost = this.#forgottenOpen;
    for (const { ended, openSpans } of this.#traces.values()) lost += ended.length + openSpans;
    if (lost > 0) this.#options.outlet.lose(lost, why);
    this.#isOver = true;
    this.#traces.clear();
    this.#holding.clear();
    this.#held = 0;
    this.#forgottenOpen = 0;
  }

  forceFlush(): Promise<void> {
    return this.#options.outlet.flush(this.#options.exitTimeoutMs);
  }

  async shutdown(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#options.outlet.shutdown(this.#options.exitTimeoutMs);
  }

  /**
   * A fast trace may still turn out slow, failed or interrupted by a span that outlives its root: one that is exported for that stands for itself
   * alone, and not for a share of the fast ones.
   */
  #isDecided(trace: OpenTrace): boolean {
    return this.#options.keepRatio === 1 || trace.isGivenUp || trace.isImportant || trace.openSpans === 0;
  }

  /** Every span held gets all ids; then the trace is exported, or it is not. */
  #finish(trace: OpenTrace): void {
    const { keepRatio } = this.#options;
    const spans = this.#takeEnded(trace);
    trace.isExported =
      !trace.isGivenUp && (trace.isImportant || (!isLeftOut(trace.root) && isKept(trace.traceId, keepRatio)));
    if (trace.isExported) {
      trace.ids = knownIds(trace.root, spans);
      if (keepRatio < 1 && !trace.isImportant) setOwnAttribute(trace.root, 'keepRatio', keepRatio);
      this.#send(trace, toRecordsWith(spans, trace.ids));
    }
    this.#forgetIfDone(trace);
  }

  /** Most spans to be held for a trace to have room that has left in part, or that has not. */
  #mostHeldFor(hasLeftInPart: boolean): number {
    const { maxHeldSpans } = this.#options;
    if (hasLeftInPart || this.#leftInPart === 0) return maxHeldSpans;
    return maxHeldSpans - Math.floor(maxHeldSpans * SHARE_FOR_THE_REST);
  }

  /** A trace of which a part was refused is given up from then on. */
  #send(trace: OpenTrace, spans: readonly SpanRecord[]): void {
    const why = trace.hasLeftInPart ? CUT : undefined;
    if (!this.#options.outlet.send(spans, { mostHeld: this.#mostHeldFor(trace.hasLeftInPart), why }))
      trace.isGivenUp = true;
    else if (trace.openSpans > 0 && !trace.hasLeftInPart) {
      trace.hasLeftInPart = true;
      this.#leftInPart++;
    }
  }

  /** What is held of a trace, which is held no longer. */
  #takeEnded(trace: OpenTrace): readonly ReadableSpan[] {
    const spans = trace.ended;
    this.#held -= spans.length;
    this.#holding.delete(trace);
    trace.ended = [];
    return spans;
  }

  #lose(trace: OpenTrace, spanCount: number): void {
    this.#options.outlet.lose(spanCount, trace.hasLeftInPart ? CUT : undefined);
  }

  #forgetIfDone(trace: OpenTrace): void {
    if (trace.openSpans === 0) this.#forget(trace);
  }

  #forget(trace: OpenTrace): void {
    const { traceId, isExported, hasLeftInPart, isGivenUp, ids } = trace;
    this.#traces.delete(traceId);
    if (hasLeftInPart) this.#leftInPart--;
    if (!isGivenUp && (isExported || hasLeftInPart)) this.#noteExported(traceId, ids);
  }

  #noteExported(traceId: string, ids: OpenTrace['ids']): void {
    if (this.#options.keepRatio === 1) return;
    this.#exported.set(traceId, ids);
    const [oldest] = this.#exported.size > MOST_EXPORTED ? this.#exported.keys() : [];
    if (oldest !== undefined) this.#exported.delete(oldest);
  }

  /** Lets what is held of an unfinished trace leave, with the ids known so far; one that waits for its last span only is thinned out. */
  #leaveEarly(trace: OpenTrace): void {
    if (trace.ended.length === 0) return;
    if (trace.hasRootEnded) {
      this.#finish(trace);
      return;
    }
    const spans = this.#takeEnded(trace);
    trace.started = openSpansOf(trace);
    trace.isImportant = true;
    keepTimes(trace, spans);
    const ids = knownIds(trace.root, spans);
    this.#send(trace, toRecordsWith(spans, ids));
  }

  /**
   * Half of what may be held is for traces that go on: past it the oldest leaves as it is. Where that does not help, because the way out is
   * what is full, a trace is given up whole.
   */
  #relieve(current: OpenTrace): void {
    const { outlet, maxHeldSpans } = this.#options;
    const mostHeld = this.#mostHeldFor(current.hasLeftInPart);
    if (this.#held < maxHeldSpans / 2 && this.#held + outlet.heldSpans < mostHeld) {
      this.#oldestFirst = undefined;
      return;
    }
    if (this.#held + outlet.heldSpans < mostHeld || outlet.heldSpans < maxHeldSpans / 2) {
      const oldest = this.#oldestHolding();
      if (oldest) {
        this.#leaveEarly(oldest);
        return;
      }
    }
    this.#oldestFirst = undefined;
    const spans = this.#takeEnded(current);
    this.#lose(current, spans.length);
    keepTimes(current, spans);
    current.isGivenUp = true;
  }

  #oldestHolding(): OpenTrace | undefined {
    const next = this.#oldestFirst?.next();
    if (next && !next.done) return next.value;
    this.#oldestFirst = this.#holding.values();
    return this.#oldestFirst.next().value;
  }

  /** Where the way out is half full, an old trace had better wait: what follows of it might find no room. */
  #sweep(): void {
    if (this.#traces.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
      return;
    }
    if (this.#options.outlet.heldSpans >= this.#options.maxHeldSpans / 2) return;
    const oldestMs = nowMs() - LONGEST_HELD_MS;
    for (const trace of this.#traces.values()) {
      if (trace.startedAtMs > oldestMs) return;
      if (trace.isExported === undefined) this.#leaveEarly(trace);
    }
  }

  #forgetOldest(): void {
    const oldest = this.#traces.values().next().value;
    if (!oldest) return;
    this.#leaveEarly(oldest);
    for (const span of openSpansOf(oldest)) {
      this.#forgotten.add(span);
      this.#forgottenOpen++;
    }
    this.#forget(oldest);
  }
}

/** When a span that is cut off at some time ends; undefined for now. */
function cutOff({ startTime }: ReadableSpan, atUnixMs: number | undefined): number | undefined {
  return atUnixMs !== undefined && atUnixMs >= hrTimeToMilliseconds(startTime) ? atUnixMs : undefined;
}

function traceIdOf(span: ReadableSpan): string {
  return span instanceof RecordedSpan ? span.trace.traceId : span.spanContext().traceId;
}
