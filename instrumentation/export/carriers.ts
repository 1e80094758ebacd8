import type { Carrier, CarrierEvents } from './carrier.js';
import type { ExportWay } from './export-way.js';
import { createMainThreadCarrier } from './main-thread-carrier.js';
import { createWorkerCarrier } from './worker-carrier.js';

export interface CarriersOptions {
  readonly way: ExportWay;
  /** The environment that a worker gets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly events: CarrierEvents;
  readonly report: (line: string) => void;
}

/** A worker that ended by itself is replaced until there were so many; then the main thread has to do. */
const MAX_WORKERS = 3;

/** The carriers of a process, one after the other: workers while there can be any, then the main thread. */
export class Carriers {
  readonly #options: CarriersOptions;
  #workersStarted = 0;
  #current: Carrier | undefined;
  #inMainThread = false;

  constructor(options: CarriersOptions) {
    this.#options = options;
  }

  get current(): Carrier | undefined {
    return this.#current;
  }

  get inMainThread(): boolean {
    return this.#inMainThread;
  }

  /** The carrier to use, started if there is none yet. */
  start(): Carrier {
    this.#current ??= this.#startWorker() ?? this.#startInMainThread();
    return this.#current;
  }

  /** Lets go of a carrier that ended because of `why`, and says so. False when that was the last resort: there is no next one. */
  replace(why: string): boolean {
    const { report } = this.#options;
    this.#current = undefined;
    if (this.#inMainThread) {
      report(`traces cannot be exported: ${why}`);
      return false;
    }
    const next = this.#workersStarted < MAX_WORKERS ? 'another one' : 'the main thread';
    report(`the export thread ended (${why}); ${next} takes over`);
    return true;
  }

  async close(): Promise<void> {
    const carrier = this.#current;
    this.#current = undefined;
    await carrier?.close();
  }

  #startWorker(): Carrier | undefined {
    if (this.#workersStarted >= MAX_WORKERS) return undefined;
    const { report, ...options } = this.#options;
    try {
      this.#workersStarted++;
      return createWorkerCarrier(options);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      report(
        `no worker thread (${typeof code === 'string' ? code : message}); traces are exported from the main thread`,
      );
      return undefined;
    }
  }

  #startInMainThread(): Carrier {
    this.#inMainThread = true;
    return createMainThreadCarrier(this.#options.way, this.#options.events);
  }
}
