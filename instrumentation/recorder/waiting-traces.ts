import { performance } from 'node:perf_hooks';
import type { Context } from '@opentelemetry/api';
import { isImportant } from '../open-trace.js';
import { type Due, DueSpans } from './due-spans.js';
import type { LateSpan } from './late-span.js';
import { RecordedSpan, type RecordedTrace } from './recorded-span.js';

/** Which traces are kept, where not all of them are. */
export interface Thinning {
  /** Whether a trace is kept, whatever is in it. */
  readonly isKept: (traceId: string) => boolean;
  /** A span that takes less is not slow, in ms. */
  readonly leastSlowMs: number;
}

/** Traces that are under way at the same time; what begins while there are so many does not wait. */
const MOST_WAITING = 32;
/** A trace that goes on for longer is no fast one, whatever counts as slow. */
const LONGEST_WAIT_MS = 1000;

/** The spans of a trace that is kept only if something in it turns out to be important: until it is over nobody is told of them. */
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

/** The traces that wait, in the order in which they began. */
export class WaitingTraces {
  readonly #thinning: Thinning;
  readonly #traces = new Map<string, RecordedTrace>();
  /** By their places. */
  readonly #waiting: WaitingTrace[] = [];
  /** The places that are not taken. */
  readonly #free: number[] = [];

  constructor(thinning: Thinning) {
    this.#thinning = thinning;
  }

  get count(): number {
    return this.#traces.size;
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

  /** Has a trace wait that begins here; false for one that does not. */
  begin(trace: RecordedTrace): boolean {
    const { traceId } = trace;
    if (this.#traces.size >= MOST_WAITING || this.#thinning.isKept(traceId)) return false;
    const at = this.#free.pop() ?? this.#waiting.push(new WaitingTrace()) - 1;
    (this.#waiting[at] as WaitingTrace).sinceMs = performance.now();
    trace.waitsAt = at;
    this.#traces.set(traceId, trace);
    return true;
  }

  /** Those that are slow by now, or nearly so. */
  slow(nowMs: number): RecordedTrace[] {
    const sinceMs = nowMs - Math.min(this.#thinning.leastSlowMs, LONGEST_WAIT_MS);
    return this.all().filter((trace) => (this.of(trace)?.sinceMs ?? nowMs) <= sinceMs);
  }

  /** Whether a trace may have to be kept for what is in it. */
  isImportant(waiting: WaitingTrace): boolean {
    const { leastSlowMs } = this.#thinning;
    return waiting.has((due) => {
      if (typeof due === 'function') return false;
      return due.durationMs >= leastSlowMs || (due instanceof RecordedSpan && isImportant(due));
    });
  }

  /** One that waits waits no more, and what it had is gone. */
  forget(trace: RecordedTrace): void {
    this.of(trace)?.clear();
    this.#free.push(trace.waitsAt);
    trace.waitsAt = -1;
    this.#traces.delete(trace.traceId);
  }
}
