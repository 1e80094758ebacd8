import { resolve } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { describeError } from '../../src/tracing/describe-error.js';
import type { Settings } from '../../src/tracing/variables.js';
import { nowMs } from '../now-ms.js';
import { type BatchLimits, readBatchLimits } from './batch-limits.js';
import { Batches } from './batches.js';
import { Carriers } from './carriers.js';
import { CollectorLines } from './collector-lines.js';
import { Losses } from './losses.js';
import { LostTraces } from './lost-traces.js';
import type { News } from './news.js';
import { nowhere } from './nowhere.js';
import type { Outlet, Room } from './outlet.js';
import type { PackedBatch } from './packed-batch.js';
import type { SpanRecord } from './span-record.js';

export interface OutletOptions {
  /** What the spans of this process share. */
  readonly resourceAttributes: SpanRecord['attributes'];
  readonly settings: Pick<Settings, 'maxHeldSpans' | 'traceFile' | 'traceFileMaxMb'>;
  /** `none`: the trace file is the only way out. */
  readonly otlp: 'http/json' | 'http/protobuf' | 'none';
  /** The process's environment: the worker reads the exporter's standard variables from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line for the operator, without prefix. */
  readonly report: (line: string) => void;
  /** One line for who debugs the tracing. */
  readonly debug: (line: string) => void;
}

/** Absolute, so that it stays the same file when the host changes its folder. */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path;
  }
}

/** A timer that is to wait longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const NO_ROOM = 'past GRANTS_OTEL_MAX_HELD_SPANS';
/** What is packed and waits, at most: some ten times what the spans of an indexer take. Attributes can be of any length. */
const MOST_HELD_MB = 128;
const TOO_LARGE = `past ${MOST_HELD_MB} MB that wait to be sent`;

class BatchingOutlet implements Outlet {
  readonly #options: OutletOptions;
  readonly #limits: BatchLimits;
  readonly #batches: Batches;
  readonly #losses = new Losses();
  readonly #collectorLines: CollectorLines;
  readonly #carriers: Carriers;
  readonly #lostTraces = new LostTraces();
  #timer: NodeJS.Timeout | undefined;
  /** Why nothing is taken any more. */
  #closedWhy: string | undefined;
  #faulty = false;
  #saidLosses = false;

  constructor(options: OutletOptions) {
    this.#options = options;
    const { resourceAttributes, otlp, env, report, settings } = options;
    this.#limits = readBatchLimits(settings.maxHeldSpans);
    this.#batches = new Batches(this.#limits.maxSpans);
    const { traceFile, traceFileMaxMb } = settings;
    this.#collectorLines = new CollectorLines(report);
    this.#carriers = new Carriers({
      way: {
        resourceAttributes,
        otlp,
        traceFile: traceFile === undefined ? undefined : { path: absolute(traceFile), maxMb: traceFileMaxMb },
      },
      env,
      report,
      events: {
        onNews: (news) => this.#guard(() => this.#hear(news)),
        onEnd: (why) => this.#guard(() => this.#goOnAfter(why)),
      },
    });
  }

  get heldSpans(): number {
    return this.#batches.heldSpans;
  }

  get inMainThread(): boolean {
    return this.#carriers.inMainThread;
  }

  send(trace: readonly SpanRecord[], room?: Room): boolean {
    const mostHeld = room?.mostHeld ?? this.#options.settings.maxHeldSpans;
    let taken = true;
    this.#guard(() => {
      const [first] = trace;
      if (!first) return;
      const refusal = this.#closedWhy ?? this.#refusalOf(trace, { first, mostHeld });
      taken = refusal === undefined;
      if (taken) this.#accept(trace);
      else this.lose(trace.length, refusal === NO_ROOM ? room?.why : refusal);
    });
    return taken;
  }

  lose(spanCount: number, why = NO_ROOM): void {
    this.#losses.add(spanCount, why);
  }

  async flush(timeoutMs: number, isLast = false): Promise<void> {
    this.#guard(() => this.#handOver('all'));
    const flushed = this.#carriers.current?.flush({ timeoutMs, isLast });
    if (!flushed) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((done) => {
      timer = setTimeout(done, Math.min(timeoutMs, LONGEST_TIMER_MS));
    });
    await Promise.race([flushed, timeout]);
    clearTimeout(timer);
  }

  mute(): void {
    this.#collectorLines.mute();
  }

  flushSync(timeoutMs: number, tooLate: string): void {
    this.#guard(() => {
      this.mute();
      const endMs = nowMs() + timeoutMs;
      this.#handOver('all');
      const inTime = this.#waitForCarriers(endMs, true);
      this.#sayLosses(inTime || this.inMainThread ? undefined : tooLate);
    });
  }

  drainSync(timeoutMs: number): void {
    this.#guard(() => {
      if (this.heldSpans === 0) return;
      const endMs = nowMs() + timeoutMs;
      this.#handOver('all');
      this.#waitForCarriers(endMs, false);
    });
  }

  async shutdown(timeoutMs: number): Promise<void> {
    this.#collectorLines.mute();
    await this.flush(timeoutMs, true);
    this.#closedWhy = 'ended after the shutdown';
    await this.#carriers.close();
    this.#guard(() => this.#sayLosses(undefined));
  }

  /** Why a trace is not taken, or undefined. */
  #refusalOf(
    trace: readonly SpanRecord[],
    { first, mostHeld }: { first: SpanRecord; mostHeld: number },
  ): string | undefined {
    const { traceId } = first.spanContext();
    if (this.#lostTraces.has(traceId)) return NO_ROOM;
    const hasRoom = this.heldSpans + trace.length <= mostHeld;
    if (hasRoom && this.#batches.heldBytes <= MOST_HELD_MB * 1e6) return undefined;
    this.#lostTraces.add(traceId);
    return hasRoom ? TOO_LARGE : NO_ROOM;
  }

  /** A carrier that turns out to have ended is replaced, and the next one is waited for in its place. */
  #waitForCarriers(endMs: number, isLast: boolean): boolean {
    for (;;) {
      const carrier = this.#carriers.current;
      // With nothing held there is nothing to wait for, but there may be news of what was lost.
      const timeoutMs = this.heldSpans > 0 ? Math.max(0, endMs - nowMs()) : 0;
      const inTime = carrier?.flushSync({ timeoutMs, isLast }) ?? true;
      if (carrier === this.#carriers.current) return inTime;
    }
  }

  #accept(trace: readonly SpanRecord[]): void {
    this.#carriers.start();
    try {
      this.#batches.add(trace);
    } catch (error) {
      this.#losses.add(trace.length, `cannot be packed: ${(error as Error).message}`);
    }
    if (this.#batches.hasFullBatch) {
      this.#handOver('full batches');
      // What is left has come just now.
      this.#timer?.refresh();
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#guard(() => this.#handOver('all'));
    }, this.#limits.delayMs).unref();
  }

  #handOver(what: 'all' | 'full batches'): void {
    this.#carry(this.#batches.take(what));
  }

  #carry(batches: readonly PackedBatch[]): void {
    if (this.#closedWhy !== undefined) return;
    for (const batch of batches) this.#carriers.start().carry(batch);
  }

  #goOnAfter(why: string): void {
    if (this.#carriers.replace(why)) this.#carry(this.#batches.unsettled());
    else this.#closedWhy = `cannot be exported: ${why}`;
  }

  #hear(news: News): void {
    const { report, debug } = this.#options;
    if (news.kind === 'debug') debug(news.line);
    else if (news.kind === 'dropped') this.#losses.add(news.spans, news.why, news.isInFile ? news.spans : 0);
    else if (news.kind === 'trace file') report(`the trace file is not written: ${news.why}`);
    else if (news.kind === 'trace file again')
      report(`the trace file is written again, without ${news.missingSpans} spans`);
    else if (news.kind === 'failing') this.#collectorLines.failing(news.why, news.isPartly);
    else this.#collectorLines.recovered();
  }

  /** Gives up what is held, and says in one line all that was lost. */
  #sayLosses(why: string | undefined): void {
    const { spans, inFile } = this.#batches.forget();
    if (spans > 0) {
      const reason = this.#collectorLines.failingWhy ?? why ?? 'not out when the process ended';
      this.#losses.add(spans, reason, inFile);
    }
    const line = this.#losses.takeLine();
    if (line) this.#options.report(line);
    else if (!this.#saidLosses) this.#collectorLines.sayUnsaid();
    this.#saidLosses ||= line !== undefined;
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!this.#faulty) {
        this.#options.report(`traces are not exported as they should be: ${describeError(error).message}`);
      }
      this.#faulty = true;
    }
  }
}

/** An outlet; its thread, where spans go anywhere, starts with the first trace. `report` and `debug` must not throw. */
export function createOutlet(options: OutletOptions): Outlet {
  const { otlp, settings } = options;
  return otlp === 'none' && settings.traceFile === undefined ? nowhere : new BatchingOutlet(options);
}
