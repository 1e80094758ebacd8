import { isatty } from 'node:tty';
import { describeError } from '../../src/tracing/describe-error.js';
import type { Outlet } from '../export/outlet.js';
import { nowMs } from '../now-ms.js';
import { type DeadlySignal, watchDeadlySignals } from './deadly-signals.js';
import { onLastMoment } from './last-moment.js';

export interface EndsOptions {
  readonly outlet: Pick<Outlet, 'drainSync' | 'flush' | 'flushSync' | 'heldSpans' | 'inMainThread' | 'mute'>;
  /** Longest wait of all last flushes together, in ms. */
  readonly exitTimeoutMs: number;
  /** Puts into `outlet` what is not there yet; called before it is looked what that holds. */
  readonly settle?: () => void;
  /** What is to be done before the last flush: spans that are open end here, as of when the end began, in ms by the fine clock; undefined for now. */
  readonly beforeLastFlush?: (sinceMs: number | undefined) => void;
  /** One line for the operator; each is said once at most. */
  readonly report?: (line: string) => void;
}

/** A signal to itself has killed the process long before; if it has not, what comes next goes on after this. */
const LONGEST_DEATH_MS = 1000;

// Not the one that the host may put in its place.
const kill = process.kill.bind(process);

/** What Node itself does before SIGINT and SIGTERM kill: a terminal in raw mode is not left so. */
function restoreTerminal(): void {
  if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
}

/** A host that traces in its listener for `beforeExit` would be called without end if what it traces were always waited for. */
const MOST_WAITS = 3;
/**
 * So long after the last flush began, a signal is taken for another one that wants the same: a terminal signals every process, and npm
 * passes its own on. One that comes later kills at once.
 */
const STILL_THE_SAME_SIGNAL_MS = 1000;
/** Longest wait before the host's listeners for uncaught errors, one of which may be the end by throwing. */
const LONGEST_DRAIN_MS = 2000;

const faultLine = (error: unknown): string =>
  `the end of the process is not flushed as it should be: ${describeError(error).message}`;

const unwatchedLine = (signals: readonly DeadlySignal[]): string =>
  `Node ${process.version} does not let ${signals.join(', ')} be watched: what the last second held is lost when one ends the process`;

class Ends {
  readonly #options: EndsOptions;
  #leftMs: number;
  #drainIsSlow = false;
  #told = false;
  #waits = 0;
  #dyingSinceMs: number | undefined;
  #endingSinceMs: number | undefined;
  #releaseSignals: (() => void) | undefined;

  constructor(options: EndsOptions) {
    this.#options = options;
    this.#leftMs = options.exitTimeoutMs;
  }

  install(): void {
    onLastMoment({
      run: () => this.#leave(),
      beforeUncaughtListeners: () => this.#drainBeforeUncaught(),
      beforeExitListeners: () => {
        this.#endingSinceMs ??= nowMs();
        this.#drain();
      },
      beforeEvent: () => this.#waitInMainThread(),
    });
    this.#releaseSignals = watchDeadlySignals({
      onSignal: (signal) => this.#guard(() => this.#dieBy(signal)),
      beforeKill: () => this.#leave(),
      onUnwatched: (signals) => this.#options.report?.(unwatchedLine(signals)),
    });
  }

  /** The outlet, with all that there is to leave. */
  #settled(): EndsOptions['outlet'] {
    this.#guard(() => this.#options.settle?.());
    return this.#options.outlet;
  }

  #giveSignalsBack(): void {
    this.#guard(() => this.#releaseSignals?.());
  }

  /** The last flush. */
  #leave(): void {
    const { beforeLastFlush, exitTimeoutMs } = this.#options;
    const outlet = this.#settled();
    this.#guard(() => beforeLastFlush?.(this.#endingSinceMs));
    outlet.mute();
    this.#drain();
    this.#spend((leftMs) => outlet.flushSync(leftMs, `no answer within ${exitTimeoutMs} ms`));
  }

  /** Lets what is held leave, and gives the signals back before it takes long. */
  #drain(): void {
    const outlet = this.#settled();
    this.#spend((leftMs) => outlet.drainSync(Math.min(leftMs, STILL_THE_SAME_SIGNAL_MS)));
    this.#giveSignalsBack();
    if (outlet.heldSpans > 0) this.#spend((leftMs) => outlet.drainSync(leftMs));
  }

  /** The host goes on after most uncaught errors that it listens for: it is held up once, if at all, by a collector that is slow. */
  #drainBeforeUncaught(): void {
    const outlet = this.#settled();
    if (this.#drainIsSlow || outlet.heldSpans === 0) return;
    this.#noteEnd();
    this.#guard(() => outlet.drainSync(Math.min(this.#leftMs, LONGEST_DRAIN_MS)));
    this.#drainIsSlow = outlet.heldSpans > 0;
  }

  /** What is waited for from now on is no time of the host's, unless it goes on: then what is next is done. */
  #noteEnd(): void {
    if (this.#endingSinceMs !== undefined) return;
    this.#endingSinceMs = nowMs();
    void Promise.resolve().then(() => {
      this.#endingSinceMs = undefined;
    });
  }

  #dieBy(signal: DeadlySignal): void {
    const outlet = this.#settled();
    const sinceMs = nowMs() - (this.#dyingSinceMs ?? nowMs());
    if (this.#dyingSinceMs !== undefined && sinceMs < STILL_THE_SAME_SIGNAL_MS) return;
    const die = () => {
      this.#leave();
      this.#guard(restoreTerminal);
      kill(process.pid, signal);
      // Not a line of the host's runs any more.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONGEST_DEATH_MS);
    };
    if (this.#dyingSinceMs !== undefined || !outlet.inMainThread || outlet.heldSpans === 0) {
      die();
      return;
    }
    this.#dyingSinceMs = nowMs();
    this.#guard(() => this.#options.beforeLastFlush?.(this.#endingSinceMs));
    void outlet.flush(this.#leftMs, true).then(die, die);
  }

  /**
   * Where the export runs in the main thread, `beforeExit` is the last moment that promises still run. Its listener comes into being for one
   * event, and only while there is something to wait for; a host that listens too hears `beforeExit` once more then.
   */
  #waitInMainThread(): void {
    const outlet = this.#settled();
    if (!outlet.inMainThread || outlet.heldSpans === 0) return;
    process.off('beforeExit', this.#onBeforeExit).once('beforeExit', this.#onBeforeExit);
  }

  readonly #onBeforeExit = (): void => {
    const outlet = this.#settled();
    const startedMs = nowMs();
    const heldBefore = outlet.heldSpans;
    if (heldBefore === 0 || this.#leftMs <= 0 || this.#waits >= MOST_WAITS) return;
    this.#waits++;
    void outlet.flush(this.#leftMs, true).then(() => {
      const tookMs = nowMs() - startedMs;
      this.#leftMs = outlet.heldSpans < heldBefore ? this.#leftMs - tookMs : 0;
    });
  };

  #spend(work: (leftMs: number) => void): void {
    const startedMs = nowMs();
    this.#guard(() => work(Math.max(0, this.#leftMs)));
    this.#leftMs -= nowMs() - startedMs;
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!this.#told) this.#options.report?.(faultLine(error));
      this.#told = true;
    }
  }
}

/**
 * Lets what is held leave before the process ends, whichever way: a natural end, `process.exit`, an uncaught error, an unhandled rejection,
 * and SIGTERM, SIGINT or SIGHUP where the host does not listen for them. It waits `exitTimeoutMs` at most; exit code, signal, output and
 * the host's listeners, their order and their number are as without it. Not to be had: SIGKILL, `process.abort`, a crash of Node
 * itself, and spans in flight where a listener throws after an uncaught error; a signal that comes while the host's loop is blocked kills when the loop turns again. Never throws.
 */
export function installEnds(options: EndsOptions): void {
  try {
    new Ends(options).install();
  } catch (error) {
    options.report?.(faultLine(error));
  }
}
