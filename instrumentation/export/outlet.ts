import { resolve } from 'node:path';
import { getNumberFromEnv } from '@opentelemetry/core';
import type { Settings } from '../../src/tracing/variables.js';
import { Batches } from './batches.js';
import type { Carrier } from './carrier.js';
import type { ExportWay } from './export-way.js';
import { Losses } from './losses.js';
import { createMainThreadCarrier } from './main-thread-carrier.js';
import type { News } from './news.js';
import type { SpanRecord } from './span-record.js';
import { createWorkerCarrier } from './worker-carrier.js';

/** Where finished traces leave the process. Nothing of it throws, blocks or keeps the host alive, but for what is said at `flushSync`. */
export interface Outlet {
  /**
   * Takes a trace, or what left of one together. All of it is dropped, and counted, when more than `maxHeldSpans` would be held then.
   */
  send(trace: readonly SpanRecord[]): void;
  /** Counts spans that were given up before they came here, for the line that says what was lost. */
  lose(spanCount: number): void;
  /** Spans that were taken and are neither delivered nor given up: in the queue here, or handed over. */
  readonly heldSpans: number;
  /** Whether the export runs in the main thread, so that it needs the event loop to the very end. */
  readonly inMainThread: boolean;
  /**
   * Resolves when all that was taken is out, when the collector turns out not to be there, or after `timeoutMs`; keeps the host alive
   * until then. What is not out by then stays held.
   */
  flush(timeoutMs: number): Promise<void>;
  /**
   * The last flush, for `process.on('exit')`: blocks until all is out, at most `timeoutMs`, and not at all longer when the collector is not
   * there. Says in one line how many spans were lost, and why, if any.
   */
  flushSync(timeoutMs: number): void;
  /** Flushes, ends the thread, and says what was lost. What is sent later is dropped. */
  shutdown(timeoutMs: number): Promise<void>;
}

export interface OutletOptions {
  /** What the spans of this process share. */
  readonly resourceAttributes: SpanRecord['attributes'];
  readonly settings: Pick<Settings, 'maxHeldSpans' | 'traceFile'>;
  /** `none`: the trace file is the only way out. */
  readonly otlp: 'http/json' | 'http/protobuf' | 'none';
  /** The process's environment: the worker reads the exporter's standard variables from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line for the operator, without prefix. */
  readonly report: (line: string) => void;
  /** One line for who debugs the tracing. */
  readonly debug: (line: string) => void;
}

/** A worker that ended by itself is replaced so often; then the main thread has to do. */
const MAX_WORKERS = 3;

function batchDelayMs(): number {
  const delayMs = getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY');
  return delayMs !== undefined && delayMs >= 0 ? delayMs : 1000;
}

/** What may be held bounds a batch too: what waits for a batch to fill must not be what fills it. */
function maxBatchSpans(maxHeldSpans: number): number {
  const spans = getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE');
  const asked = spans !== undefined && Number.isInteger(spans) && spans > 0 ? spans : 512;
  return Math.max(1, Math.min(asked, Math.floor(maxHeldSpans / 4)));
}

class WorkerOutlet implements Outlet {
  readonly #options: OutletOptions;
  readonly #way: ExportWay;
  readonly #batches: Batches;
  readonly #losses = new Losses();
  readonly #delayMs = batchDelayMs();
  #carrier: Carrier | undefined;
  #workersStarted = 0;
  #inMainThread = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** At the end only the last line is said: it has the reason in it. */
  #ending = false;
  #failingWhy: string | undefined;

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#batches = new Batches(maxBatchSpans(options.settings.maxHeldSpans));
    const { traceFile } = options.settings;
    this.#way = {
      resourceAttributes: options.resourceAttributes,
      otlp: options.otlp,
      traceFile: traceFile === undefined ? undefined : resolve(traceFile),
    };
  }

  get heldSpans(): number {
    return this.#batches.heldSpans;
  }

  get inMainThread(): boolean {
    return this.#inMainThread;
  }

  send(trace: readonly SpanRecord[]): void {
    this.#guard(() => {
      if (trace.length === 0) return;
      if (this.#closed) this.#losses.add(trace.length, 'ended after the shutdown');
      else if (this.#batches.heldSpans + trace.length > this.#options.settings.maxHeldSpans) {
        this.lose(trace.length);
      } else this.#accept(trace);
    });
  }

  lose(spanCount: number): void {
    this.#losses.add(spanCount, 'past GRANTS_OTEL_MAX_HELD_SPANS');
  }

  async flush(timeoutMs: number): Promise<void> {
    this.#guard(() => this.#handOver('all'));
    const carrier = this.#carrier;
    if (!carrier) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((done) => {
      timer = setTimeout(done, timeoutMs);
    });
    await Promise.race([carrier.flush(), timeout]).catch((error: Error) =>
      this.#options.debug(error.message),
    );
    clearTimeout(timer);
  }

  flushSync(timeoutMs: number): void {
    this.#guard(() => {
      this.#ending = true;
      const endMs = performance.now() + timeoutMs;
      this.#handOver('all');
      if (this.heldSpans > 0) {
        const inTime = this.#carrier?.flushSync(Math.max(0, endMs - performance.now())) ?? true;
        this.#loseTheRest(inTime || this.#inMainThread ? undefined : `no answer within ${timeoutMs} ms`);
      }
      this.#sayLosses();
    });
  }

  async shutdown(timeoutMs: number): Promise<void> {
    this.#ending = true;
    await this.flush(timeoutMs);
    this.#closed = true;
    await this.#carrier?.close();
    this.#guard(() => {
      this.#loseTheRest(undefined);
      this.#sayLosses();
    });
  }

  #accept(trace: readonly SpanRecord[]): void {
    this.#carrier ??= this.#startCarrier();
    this.#batches.add(trace);
    if (this.#batches.hasFullBatch) this.#handOver('full batches');
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#guard(() => this.#handOver('all'));
    }, this.#delayMs).unref();
  }

  #handOver(what: 'all' | 'full batches'): void {
    const { packed, unpackable } = this.#batches.take(what);
    for (const { spans, why } of unpackable) this.#losses.add(spans, why);
    for (const batch of packed) this.#carrier?.carry(batch);
  }

  #startCarrier(): Carrier {
    const events = {
      onNews: (news: News) => this.#hear(news),
      onEnd: (why: string) => this.#guard(() => this.#replaceCarrier(why)),
    };
    if (this.#workersStarted < MAX_WORKERS) {
      try {
        this.#workersStarted++;
        return createWorkerCarrier({ way: this.#way, env: this.#options.env, events });
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        this.#options.report(
          `no worker thread (${code ?? message}); traces are exported from the main thread`,
        );
      }
    }
    this.#inMainThread = true;
    return createMainThreadCarrier(this.#way, events);
  }

  #replaceCarrier(why: string): void {
    if (this.#inMainThread) {
      this.#closed = true;
      this.#loseTheRest(why);
      this.#options.report(`traces cannot be exported: ${why}`);
      return;
    }
    const next = this.#workersStarted < MAX_WORKERS ? 'another one takes over' : 'the main thread takes over';
    this.#options.report(`the export thread ended (${why}); ${next}`);
    this.#carrier = this.#startCarrier();
    for (const batch of this.#batches.unsettled()) this.#carrier.carry(batch);
  }

  #hear(news: News): void {
    const { report, debug } = this.#options;
    if (news.kind === 'debug') debug(news.line);
    else if (news.kind === 'dropped') this.#losses.add(news.spans, news.why);
    else if (news.kind === 'trace file') report(`the trace file is not written: ${news.why}`);
    else this.#hearOfCollector(news.kind === 'failing' ? news.why : undefined);
  }

  #hearOfCollector(failingWhy: string | undefined): void {
    this.#failingWhy = failingWhy;
    if (this.#ending) return;
    this.#options.report(
      failingWhy === undefined
        ? 'traces reach the collector again'
        : `traces do not reach the collector: ${failingWhy}`,
    );
  }

  #loseTheRest(why: string | undefined): void {
    const spans = this.#batches.forget();
    if (spans > 0) this.#losses.add(spans, this.#failingWhy ?? why ?? 'not out when the process ended');
  }

  #sayLosses(): void {
    const line = this.#losses.takeLine();
    if (line) this.#options.report(line);
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.debug(`export: ${(error as Error)?.message ?? error}`);
    }
  }
}

/** An outlet; its thread starts with the first trace. */
export function createOutlet(options: OutletOptions): Outlet {
  return new WorkerOutlet(options);
}
