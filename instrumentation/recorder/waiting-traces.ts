import { performance } from 'node:perf_hooks';
import type { Context } from '@opentelemetry/api';
import { isImportant } from '../open-trace.js';
import { type Due, DueSpans } from './due-spans.js';
import type { LateSpan } from './late-span.js';
import { RecordedSpan, type RecordedTrace } from './recorded-span.js';

/** Who takes traces that are over, and ordinary: nothing in them was slow, or failed, or has to be looked at for another reason. */
export interface OrdinaryTraces {
  /** Whether they want a trace. */
  readonly isKept: (traceId: string) => boolean;
  /** A span that takes less is not slow, in ms. */
  readonly leastSlowMs: number;
  /** So many that are under way at the same time may wait; what begins while there are as many does not. */
  readonly mostWaiting: number;
  /** Takes the spans of one, in the order they ended. Must not throw. */
  readonly take: (spans: readonly RecordedSpan[]) => void;
}

/** A trace that goes on for longer is told of, whatever counts as slow, where the host's loop turns. */
const LONGEST_WAIT_MS = 1000;
/** What was left for later is kept of so many dropped traces, the latest: it holds what the application had called, and keeps it from being young garbage. */
const MOST_UNDONE = 16;

/** The spans of a trace that may turn out to be ordinary: nobody is told of them until it is over, or has gone on for too long. */
export class WaitingTrace extends DueSpans {
  /** By the fine clock. */
  sinceMs = 0;
  #running = 0;

  /** Whether all of its spans have ended. */
  get isOver(): boolean {
    return this.#running === 0;
  }

  override start(span: RecordedSpan, parent: Context): void {
    super.start(span, parent);
    this.#running++;
  }

  override open(late: LateSpan): void {
    super.open(late);
    this.#running++;
  }

  override close(late: LateSpan): void {
    super.close(late);
    this.#running--;
  }

  override add(due: Due): void {
    super.add(due);
    if (due instanceof RecordedSpan) this.#running--;
  }

  override clear(): void {
    super.clear();
    this.#running = 0;
  }
}

/** The traces that wait, in the order in which they began, and those that were ordinary and are not taken yet. */
export class WaitingTraces {
  readonly #ordinary: OrdinaryTraces;
  readonly #traces = new Map<string, RecordedTrace>();
  /** By their places. */
  readonly #waiting: WaitingTrace[] = [];
  /** The places that are not taken. */
  readonly #free: number[] = [];
  /** Empty ones, to be used again. */
  readonly #spare: WaitingTrace[] = [];
  /** The latest ones that were dropped, each in the place of one before it. */
  readonly #dropped: RecordedTrace[] = [];
  #droppedCount = 0;
  #over: WaitingTrace[] = [];
  #dueCount = 0;

  constructor(ordinary: OrdinaryTraces) {
    this.#ordinary = ordinary;
  }

  get count(): number {
    return this.#traces.size;
  }

  /** How many spans, and what was left for later, there are to be taken. */
  get dueCount(): number {
    return this.#dueCount;
  }

  all(): RecordedTrace[] {
    return [...this.#traces.values()];
  }

  get(traceId: string): RecordedTrace | undefined {
    return this.#traces.get(traceId);
  }

  of({ waitsAt }: RecordedTrace): WaitingTrace | undefined {
    return this.#waiting[waitsAt];
  }

  /** Has a trace wait that begins here, if there is room; whether it does. */
  begin(trace: RecordedTrace): boolean {
    if (this.#traces.size >= this.#ordinary.mostWaiting) return false;
    const at = this.#free.pop() ?? this.#traces.size;
    const waiting = this.#spare.pop() ?? new WaitingTrace();
    waiting.sinceMs = performance.now();
    this.#waiting[at] = waiting;
    trace.waitsAt = at;
    this.#traces.set(trace.traceId, trace);
    return true;
  }

  /** Those that are slow by now, or nearly so. */
  slow(nowMs: number): RecordedTrace[] {
    const sinceMs = nowMs - Math.min(this.#ordinary.leastSlowMs, LONGEST_WAIT_MS);
    return this.all().filter((trace) => (this.of(trace)?.sinceMs ?? nowMs) <= sinceMs);
  }

  isOrdinary(waiting: WaitingTrace): boolean {
    return !waiting.has((due) => typeof due !== 'function' && !this.#isOrdinarySpan(due));
  }

  #isOrdinarySpan(span: RecordedSpan | LateSpan): boolean {
    if (span.durationMs >= this.#ordinary.leastSlowMs) return false;
    if (!(span instanceof RecordedSpan)) return true;
    return !isImportant(span) && span.events.length === 0;
  }

  /** One that was ordinary waits to be taken, if it is wanted; else it is forgotten. */
  end(trace: RecordedTrace, waiting: WaitingTrace): void {
    this.#leave(trace);
    if (this.#ordinary.isKept(trace.traceId)) {
      this.#over.push(waiting);
      this.#dueCount += waiting.count;
    } else {
      this.#drop(trace, waiting.leftForLater());
      waiting.clear();
      this.#spare.push(waiting);
    }
  }

  #drop(trace: RecordedTrace, undone: readonly (() => void)[]): void {
    const at = this.#droppedCount++ % MOST_UNDONE;
    const before = this.#dropped[at];
    if (before) before.undone = undefined;
    this.#dropped[at] = trace;
    trace.undone = undone;
    trace.laterIn = 0;
  }

  /** One that is not ordinary waits no more, and what it had has been taken from it. */
  leave(trace: RecordedTrace, waiting: WaitingTrace): void {
    this.#leave(trace);
    this.#spare.push(waiting);
  }

  /** Has those that are over taken. */
  take(): void {
    if (this.#dueCount === 0) return;
    const over = this.#over;
    this.#over = [];
    this.#dueCount = 0;
    for (const waiting of over) {
      this.#ordinary.take(waiting.takeWhole());
      this.#spare.push(waiting);
    }
  }

  #leave(trace: RecordedTrace): void {
    this.#free.push(trace.waitsAt);
    trace.waitsAt = -1;
    this.#traces.delete(trace.traceId);
  }
}
