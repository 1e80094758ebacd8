import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { nowMs } from '../now-ms.js';
import type { Carrier, CarrierEvents, Flush } from './carrier.js';
import type { ExportWay } from './export-way.js';
import type { PackedBatch } from './packed-batch.js';
import { type FromWorker, type ToWorker, WORKER_ENDED, type WorkerStart } from './worker-protocol.js';

export interface WorkerCarrierOptions {
  readonly way: ExportWay;
  /** The environment of the worker. `NODE_OPTIONS` is left out of it: what the host preloads is not for the worker. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly events: CarrierEvents;
}

/** The worker makes short-lived objects only; with less room for them it takes 40 MB less memory, and no more time. */
const MAX_YOUNG_GENERATION_MB = 12;

/** How often it is asked, while the main thread waits for the last flush, whether the worker is still there. */
const LOOK_EVERY_MS = 50;

/**
 * Node tells the process of a new thread in a tick, the only one that a thread asks for. The thread is no matter of the host's; and a tick
 * in a turn that had none shows in the stacks of the promises that run in it.
 */
function unannounced<T>(start: () => T): T {
  const nextTick = process.nextTick;
  const ticks: Parameters<typeof nextTick>[] = [];
  process.nextTick = (...tick: Parameters<typeof nextTick>) => {
    ticks.push(tick);
  };
  try {
    return start();
  } finally {
    process.nextTick = nextTick;
    if (ticks.length > 1) for (const tick of ticks) process.nextTick(...tick);
  }
}

function startWorker(start: WorkerStart, env: WorkerCarrierOptions['env']): Worker {
  const { NODE_OPTIONS: _, ...workerEnv } = env;
  const create = () =>
    new Worker(new URL('./worker.js', import.meta.url), {
      name: 'grants-otel',
      workerData: start,
      transferList: [start.port],
      execArgv: [],
      argv: [],
      env: workerEnv as NodeJS.ProcessEnv,
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_GENERATION_MB },
      stdin: false,
      stdout: true,
      stderr: true,
    });
  const worker = unannounced(create);
  worker.unref();
  // Should Node write there, where it is debugged say, to read it would keep the process from ending.
  for (const stream of [worker.stdout, worker.stderr]) stream._read = () => {};
  return worker;
}

/** The worker thread as seen from the main thread. It never keeps the host alive, and writes nothing to the host's streams. */
class WorkerCarrier implements Carrier {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #flushed = new Int32Array(new SharedArrayBuffer(4));
  readonly #flushes = new Map<number, () => void>();
  readonly #events: CarrierEvents;
  #lastFlush = 0;
  #why = '';
  #closed = false;

  constructor({ way, env, events }: WorkerCarrierOptions) {
    this.#events = events;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = startWorker({ port: port2, flushed: this.#flushed, way }, env);
    this.#worker.on('error', (error: Error) => {
      this.#why = error?.message ?? String(error);
    });
    this.#worker.on('exit', (code) => this.#onExit(this.#why || `exit code ${code}`));
    port1.on('message', (message: FromWorker) => this.#hear(message));
    port1.unref();
  }

  carry(batch: PackedBatch): void {
    this.#post({ kind: 'batch', batch });
  }

  flush(flush: Flush): Promise<void> {
    return new Promise((resolve) => {
      const id = ++this.#lastFlush;
      this.#flushes.set(id, resolve);
      this.#post({ kind: 'flush', id, ...flush });
    });
  }

  flushSync(flush: Flush): boolean {
    const { timeoutMs } = flush;
    const id = ++this.#lastFlush;
    // With no time left there is nothing to wait for, but there may be news.
    let isThere = this.#post(timeoutMs > 0 ? { kind: 'flush', id, ...flush } : { kind: 'are you there' });
    const endMs = nowMs() + timeoutMs;
    let through = Atomics.load(this.#flushed, 0);
    while (through < id && isThere) {
      const leftMs = endMs - nowMs();
      if (leftMs <= 0) break;
      Atomics.wait(this.#flushed, 0, through, Math.min(leftMs, LOOK_EVERY_MS));
      through = Atomics.load(this.#flushed, 0);
      // The event that tells of a worker's end needs the loop, which stands still here.
      isThere = through >= id || this.#post({ kind: 'are you there' });
    }
    this.#hearAll();
    if (!isThere || through === WORKER_ENDED) this.#onExit(this.#why || 'it was ended');
    return through === id;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#hearAll();
    this.#port.close();
    await this.#worker.terminate();
  }

  /** False when nobody is at the other end any more: Node says so by what it returns, though it does not promise to. */
  #post(message: ToWorker): boolean {
    return (this.#port.postMessage(message) as unknown) !== false;
  }

  #hearAll(): void {
    for (let item = receiveMessageOnPort(this.#port); item; item = receiveMessageOnPort(this.#port)) {
      this.#hear(item.message as FromWorker);
    }
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'flushed') {
      this.#flushes.get(message.id)?.();
      this.#flushes.delete(message.id);
    } else this.#events.onNews(message);
  }

  #onExit(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#hearAll();
    this.#port.close();
    for (const done of this.#flushes.values()) done();
    this.#flushes.clear();
    this.#events.onEnd(why);
  }
}

/** Starts the worker thread. Throws when there can be none, as under Node's permission model. */
export function createWorkerCarrier(options: WorkerCarrierOptions): Carrier {
  return new WorkerCarrier(options);
}
