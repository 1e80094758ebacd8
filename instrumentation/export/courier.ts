import { clearTimeout, setTimeout } from 'node:timers';
import { nowMs } from '../now-ms.js';
import type { Flush } from './carrier.js';
import type { Collector, Outcome } from './collector.js';
import { CutBatches } from './cut-batches.js';
import type { News } from './news.js';
import { claimForFile, noteInFile, type PackedBatch, settle, settleNone, spanCount } from './packed-batch.js';
import { type TraceFile, TraceFileFullError } from './trace-file.js';
import { TraceFileLines } from './trace-file-lines.js';

export interface CourierOptions {
  /** Absent when the trace file is the only way out. */
  readonly collector: Collector | undefined;
  readonly traceFile: TraceFile | undefined;
  readonly tell: (news: News) => void;
}

/** Why a batch has to be sent again. */
type Setback = Extract<Outcome, { kind: 'busy' | 'unreachable' }>;

function isStale(setback: Setback): boolean {
  return setback.kind === 'unreachable' && setback.staleConnection;
}

/** Requests at a time while all is well; one while the collector does not answer. */
const MAX_REQUESTS = 4;
/** Longer than the exporter's own first pause, whose timer holds the loop: two in a row would hold it for good. */
const FIRST_PAUSE_MS = 1600;
const LONGEST_PAUSE_MS = 5000;
/** A collector that is there, but cuts off or says nothing that can be understood, is asked so often in a flush. */
const LAST_TRY = 3;
/** In a flush someone waits, so it is tried again sooner. */
const FLUSH_PAUSE_MS = 200;

/**
 * Carries batches to the trace file and the collector, in the order they came. A batch that the collector does not take now stays first in
 * line until it does; one that is too large for it is cut, and one that it refuses for good is dropped and told of. Every batch is settled in
 * the end.
 */
export class Courier {
  readonly #options: CourierOptions;
  #waiting: PackedBatch[] = [];
  readonly #cutBatches = new CutBatches();
  #running = false;
  #failing = false;
  /** It takes some of the spans. */
  #isPartly = false;
  readonly #fileLines: TraceFileLines;
  #failures = 0;
  /** The collector wants nothing before this; 0 where it has not said so. */
  #askedUntilMs = 0;
  #flushes: { readonly done: () => void; readonly untilMs: number }[] = [];
  #endPause: (() => void) | undefined;

  constructor(options: CourierOptions) {
    this.#options = options;
    this.#fileLines = new TraceFileLines(options.tell);
  }

  /** Takes a batch over: into the trace file at once, to the collector when its turn has come. Never throws. */
  take(batch: PackedBatch): void {
    const notWritten = this.#writeToFile(batch);
    if (this.#options.collector) {
      settleNone(batch);
      this.#waiting.push(batch);
      if (!this.#running) void this.#run(this.#options.collector);
      return;
    }
    if (notWritten) this.#options.tell({ kind: 'dropped', spans: spanCount(batch), why: notWritten });
    settle(batch);
  }

  /**
   * Resolves when every batch taken so far is settled, or when the collector turns out not to be there, or not to want anything within
   * the time: then what is left stays in line. Pauses between attempts are cut short, but for one that the collector asked for, and
   * where there is no time at all. A last flush asks it once more where that one would take longer than there is time.
   */
  flush({ timeoutMs, isLast }: Flush): Promise<void> {
    const startMs = nowMs();
    const untilMs = startMs + timeoutMs;
    const isAskedTooLong = this.#askedUntilMs > untilMs;
    if (this.#waiting.length === 0 || timeoutMs <= 0 || (isAskedTooLong && !isLast)) return Promise.resolve();
    return new Promise((done) => {
      this.#flushes.push({ done, untilMs });
      if (isAskedTooLong || this.#askedUntilMs <= startMs) this.#endPause?.();
    });
  }

  async #run(collector: Collector): Promise<void> {
    this.#running = true;
    while (this.#dropGivenUp() > 0) {
      const batches = this.#nextInLine(this.#failures === 0 ? MAX_REQUESTS : 1);
      const outcomes = await Promise.all(batches.map((batch) => this.#send(collector, batch)));
      const setbacks = batches.flatMap((batch, at) => this.#conclude(batch, outcomes[at]) ?? []);
      if (setbacks.length > 0) await this.#holdBack(setbacks);
      else this.#failures = 0;
    }
    this.#running = false;
    this.#endFlushes();
  }

  /** Lets go of batches that whoever handed them over has given up; how many there are then. */
  #dropGivenUp(): number {
    this.#waiting = this.#waiting.filter((batch) => !this.#cutBatches.isSettled(batch));
    return this.#waiting.length;
  }

  #nextInLine(most: number): PackedBatch[] {
    const next = this.#waiting.slice(0, most);
    this.#waiting.splice(0, next.length, ...next.flatMap((batch) => this.#cutBatches.toSend(batch)));
    return this.#waiting.slice(0, most);
  }

  async #send(collector: Collector, batch: PackedBatch): Promise<Outcome> {
    try {
      return await collector.send(batch);
    } catch (error) {
      return { kind: 'refused', why: `cannot be sent: ${(error as Error).message}` };
    }
  }

  /** Settles the batch unless it has to be sent again; then it answers with the reason. */
  #conclude(batch: PackedBatch, outcome: Outcome | undefined): Setback | undefined {
    if (outcome?.kind === 'busy' || outcome?.kind === 'unreachable') return outcome;
    if (outcome?.kind === 'refused' && outcome.isTooLarge && this.#isToBeCut(batch, outcome.why))
      return undefined;
    if (outcome?.kind === 'delivered') this.#setFailing(undefined);
    else if (outcome) {
      const rejected = outcome.kind === 'partly' ? outcome.rejectedSpans : Number.POSITIVE_INFINITY;
      const spans = Math.min(rejected, spanCount(batch));
      this.#options.tell({
        kind: 'dropped',
        spans,
        why: outcome.why,
        isInFile: this.#cutBatches.isInFile(batch),
      });
      this.#setFailing(outcome.why, outcome.kind === 'partly');
    }
    this.#waiting.splice(this.#waiting.indexOf(batch), 1);
    this.#cutBatches.settle(batch);
    return undefined;
  }

  /** Lets a batch that was refused for its size be cut when its turn comes again; whether it can be. */
  #isToBeCut(batch: PackedBatch, why: string): boolean {
    if (!this.#cutBatches.refused(batch)) return false;
    const line = `${why}: requests of ${spanCount(batch)} spans are cut; OTEL_BSP_MAX_EXPORT_BATCH_SIZE makes them smaller`;
    this.#options.tell({ kind: 'debug', line });
    return true;
  }

  async #holdBack(setbacks: readonly Setback[]): Promise<void> {
    this.#failures++;
    // A connection that was kept says nothing of whether there can be a new one, and there can be as many as requests.
    const telling = setbacks.find((setback) => !isStale(setback));
    if (this.#failures <= MAX_REQUESTS && !telling) return;
    this.#setFailing((telling ?? setbacks[0])?.why);
    const pauseMs = this.#pauseMs(setbacks);
    const endMs = nowMs() + pauseMs;
    if (this.#isHopeless(setbacks) || this.#flushes.every(({ untilMs }) => untilMs < endMs))
      this.#endFlushes();
    await this.#pause(pauseMs);
    this.#askedUntilMs = 0;
  }

  /** Whether those who wait for a flush wait for nothing. */
  #isHopeless(setbacks: readonly Setback[]): boolean {
    const unreachable = setbacks.flatMap((setback) => (setback.kind === 'unreachable' ? setback : []));
    return (
      unreachable.some((setback) => setback.isAway) || (unreachable.length > 0 && this.#failures >= LAST_TRY)
    );
  }

  #pauseMs(setbacks: readonly Setback[]): number {
    const askedMs = Math.max(
      ...setbacks.map((setback) => (setback.kind === 'busy' && setback.retryAfterMs) || 0),
    );
    if (askedMs > 0) {
      this.#askedUntilMs = nowMs() + askedMs;
      return askedMs;
    }
    const backoffMs = Math.min(FIRST_PAUSE_MS * 1.5 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    return (this.#flushes.length > 0 ? FLUSH_PAUSE_MS : backoffMs) * (0.8 + Math.random() * 0.4);
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#endPause = undefined;
        resolve();
      };
      const timer = setTimeout(end, pauseMs);
      timer.unref();
      this.#endPause = end;
    });
  }

  #endFlushes(): void {
    const flushes = this.#flushes;
    this.#flushes = [];
    for (const { done } of flushes) done();
  }

  #setFailing(why: string | undefined, isPartly = false): void {
    const failing = why !== undefined;
    if (failing === this.#failing && isPartly === this.#isPartly) return;
    this.#failing = failing;
    this.#isPartly = isPartly;
    this.#options.tell(failing ? { kind: 'failing', why, isPartly } : { kind: 'recovered' });
  }

  /** Why it could not be written, in short, or undefined. */
  #writeToFile(batch: PackedBatch): string | undefined {
    if (!this.#options.traceFile || !claimForFile(batch)) return undefined;
    try {
      this.#options.traceFile.append(batch);
      noteInFile(batch);
      this.#fileLines.written();
      return undefined;
    } catch (error) {
      this.#fileLines.failed(error as NodeJS.ErrnoException, spanCount(batch));
      return error instanceof TraceFileFullError
        ? 'past GRANTS_OTEL_TRACE_FILE_MAX_MB'
        : 'trace file not written';
    }
  }
}
