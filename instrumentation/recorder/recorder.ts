import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import type { Context, TracerOptions, TracerProvider } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { EventScope } from '../../src/tracing/event-scope.js';
import { toJson } from '../to-json.js';
import { attempt, type Due, DueSpans, type ToTell, telling } from './due-spans.js';
import type { LateSpan } from './late-span.js';
import { RecordedSpan, type RecordedTrace } from './recorded-span.js';
import { RecorderTracer, type TracerIn } from './recorder-tracer.js';
import { type OrdinaryTraces, type WaitingTrace, WaitingTraces } from './waiting-traces.js';

export interface RecorderOptions {
  readonly resource: Resource;
  /** Called in this order; must not throw. */
  readonly spanProcessors: readonly SpanProcessor[];
  /** Who takes ordinary traces, of which the processors are not told then. */
  readonly ordinary?: OrdinaryTraces | undefined;
}

/** Ends that the processors are not told of yet, and what is left for later, at most; and for how long, at most, while the host's loop turns. */
const MOST_DUE = 512;
const LONGEST_DUE_MS = 100;
/** Ends of a trace that waits, and what is left for later of it, at most. */
export const MOST_DUE_OF_A_TRACE = 256;
/** So many are worth it, where the host waits: a few at a time would cost more each. */
const MANY_DUE = 128;

/**
 * A tracer provider that records as that of the SDK does by default: all that begins here or below a sampled parent, with the default limits. It
 * costs the host's thread a fraction of what the SDK costs it, and not when the host has something to do: processors are told of ended spans
 * when `settle` is called, of many together. Otherwise they are told after 100 ms, or 512 spans (fewer where much is left for later), or when
 * attributes are written in a trace of which something is left for later. Where somebody takes ordinary traces as a whole, a trace waits until it
 * is over, or goes on for long, or has many spans. Of one that turns out to be ordinary the processors are not told.
 */
export class Recorder implements TracerProvider, TracerIn {
  readonly resource: Resource;
  readonly #toTell: ToTell;
  readonly #tracers = new Map<string, RecorderTracer>();
  readonly #due = new DueSpans();
  readonly #waiting: WaitingTraces | undefined;
  /** Begins with 1; what was left for later in the one before is done. */
  #round = 1;
  #isSettling = false;
  /** One timer, started again and again: made before there is anything of the host's that it would hold on to. */
  readonly #timer = setTimeout(() => this.#onTime(), LONGEST_DUE_MS).unref();
  #isTimed = true;

  constructor({ resource, spanProcessors, ordinary }: RecorderOptions) {
    this.resource = resource;
    this.#toTell = telling(spanProcessors);
    this.#waiting = ordinary && new WaitingTraces(ordinary);
  }

  getTracer(name: string, version?: string, options?: TracerOptions): RecorderTracer {
    const schemaUrl = options?.schemaUrl;
    const key = toJson([name, version, schemaUrl]);
    let tracer = this.#tracers.get(key);
    if (!tracer) {
      const scope: InstrumentationScope = {
        name,
        ...(version === undefined ? {} : { version }),
        ...(schemaUrl === undefined ? {} : { schemaUrl }),
      };
      tracer = new RecorderTracer(scope, this);
      this.#tracers.set(key, tracer);
    }
    return tracer;
  }

  goOnWith(traceId: string): void {
    const trace = this.#waiting?.get(traceId);
    if (trace) this.#waitNoMore(trace);
  }

  onStart(span: RecordedSpan, parent: Context): void {
    const { trace } = span;
    if (isRoot(span) && this.#waiting?.begin(trace)) this.#startTimer();
    this.#doUndone(trace, span.scope);
    const due = this.#waitingOf(trace) ?? this.#due;
    due.start(span, parent);
    if (due.startedCount < MOST_DUE) return;
    this.#waitNoMore(trace);
    this.#settleDue();
  }

  /** Tells of a start at once, for one of those who make spans elsewhere: a processor may have something to do before the span goes on. */
  onForeignStart(span: RecordedSpan, parent: Context): void {
    this.#waitNoMore(span.trace);
    this.#doUndone(span.trace, span.scope);
    // It may be one that begins when its trace is over.
    if (this.#waiting && this.#waiting.dueCount > 0) this.#settleDue();
    this.#due.start(span, parent);
    this.#due.tellStarts(this.#toTell);
  }

  onEnd(span: RecordedSpan): void {
    this.#add(span.trace, span);
  }

  open(late: LateSpan): void {
    this.#doUndone(late.trace, late.scope);
    (this.#waitingOf(late.trace) ?? this.#due).open(late);
  }

  close(late: LateSpan): void {
    if (late.at >= 0) (this.#waitingOf(late.trace) ?? this.#due).close(late);
  }

  onLateEnd(late: LateSpan): void {
    this.close(late);
    this.#add(late.trace, late);
  }

  later(work: () => void, own: RecordedTrace, ofEvent: RecordedTrace): void {
    if (own !== ofEvent) {
      this.#waitNoMore(own);
      this.#waitNoMore(ofEvent);
    }
    own.laterIn = this.#round;
    ofEvent.laterIn = this.#round;
    this.#add(own, work);
  }

  hasLaterOf({ waitsAt, laterIn }: RecordedTrace): boolean {
    return waitsAt < 0 ? laterIn === this.#round : laterIn > 0;
  }

  settleIfLater(of: RecordedTrace): void {
    if (!this.hasLaterOf(of)) return;
    this.#waitNoMore(of);
    this.#settleDue();
  }

  settleIfMany(): void {
    if (this.#dueCount >= MANY_DUE) this.#settleDue();
  }

  /** Tells the processors of all spans that have ended, and does what was left for later. */
  settle(): void {
    for (const trace of this.#waiting?.all() ?? []) this.#waitNoMore(trace);
    this.#settleDue();
  }

  /** What waits of a trace; undefined of one that does not. */
  #waitingOf(trace: RecordedTrace): WaitingTrace | undefined {
    return trace.waitsAt < 0 ? undefined : this.#waiting?.of(trace);
  }

  #add(trace: RecordedTrace, due: Due): void {
    const waiting = this.#waitingOf(trace);
    if (!waiting) {
      this.#due.add(due);
      if (this.#dueCount >= MOST_DUE) this.#settleDue();
      else this.#startTimer();
      return;
    }
    waiting.add(due);
    if (waiting.isOver) this.#endWaiting(trace, waiting);
    else if (waiting.count >= MOST_DUE_OF_A_TRACE) this.#waitNoMore(trace);
  }

  /** Has the processors told of a trace, if it waits. */
  #waitNoMore(trace: RecordedTrace): void {
    const waiting = this.#waitingOf(trace);
    if (!waiting) return;
    if (trace.laterIn > 0) trace.laterIn = this.#round;
    this.#due.take(waiting);
    this.#waiting?.leave(trace, waiting);
    this.#startTimer();
  }

  /** Something begins in a trace that was dropped: it is to know what its event had come to know. */
  #doUndone(trace: RecordedTrace, scope: EventScope | undefined): void {
    const { undone } = trace;
    if (!undone) return;
    trace.undone = undefined;
    for (const work of undone) attempt(work);
    const event = scope?.span;
    if (event instanceof RecordedSpan && event.trace === trace) event.isSettled = true;
  }

  #endWaiting(trace: RecordedTrace, waiting: WaitingTrace): void {
    if (this.#waiting?.isOrdinary(waiting)) {
      if (trace.laterIn > 0) trace.laterIn = this.#round;
      this.#waiting.end(trace, waiting);
    } else this.#waitNoMore(trace);
    if (this.#dueCount >= MOST_DUE) this.#settleDue();
  }

  get #dueCount(): number {
    return this.#due.count + (this.#waiting?.dueCount ?? 0);
  }

  #settleDue(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      // What has begun since in one of them comes after it.
      this.#waiting?.take();
      this.#due.tell(this.#toTell);
    } finally {
      this.#round++;
      this.#isSettling = false;
    }
  }

  #startTimer(): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    this.#timer.refresh();
  }

  #onTime(): void {
    this.#isTimed = false;
    for (const trace of this.#waiting?.slow(performance.now()) ?? []) this.#waitNoMore(trace);
    this.#settleDue();
    if (this.#waiting && this.#waiting.count > 0) this.#startTimer();
  }
}

/** Whether a trace begins with it, here. */
function isRoot(span: RecordedSpan): boolean {
  return span.parentSpanId === undefined && span.parentSpanContext === undefined;
}
