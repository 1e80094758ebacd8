import { clearTimeout, setTimeout } from 'node:timers';
import { nowMs } from '../now-ms.js';

/** A collector that comes and goes is not told of more often. */
const LEAST_GAP_MS = 10_000;

/**
 * The lines about a collector: one when it starts to fail, one when it is well again, and never two failures within ten seconds. Also
 * knows why it fails now.
 */
export class CollectorLines {
  readonly #report: (line: string) => void;
  #why: string | undefined;
  #isPartly = false;
  #said = false;
  #quietUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #muted = false;

  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  /** Why the collector does not take the spans now, or undefined while it does. */
  get failingWhy(): string | undefined {
    return this.#why;
  }

  /** From now on it tells of no failure: what comes of it is in the last line. */
  mute(): void {
    this.#muted = true;
    clearTimeout(this.#timer);
  }

  /** `isPartly`: it takes some of the spans. */
  failing(why: string, isPartly = false): void {
    this.#why = why;
    if (isPartly !== this.#isPartly) this.#said = false;
    this.#isPartly = isPartly;
    const waitMs = this.#quietUntilMs - nowMs();
    if (waitMs <= 0) this.#sayFailing();
    else if (!this.#muted) this.#timer ??= setTimeout(() => this.#sayFailing(), waitMs).unref();
  }

  /** For the very end, where nothing was lost as far as is known: says that it fails, if that was not said. */
  sayUnsaid(): void {
    this.#muted = false;
    this.#sayFailing();
  }

  recovered(): void {
    this.#why = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#said) return;
    this.#said = false;
    this.#report('traces reach the collector again');
  }

  #sayFailing(): void {
    this.#timer = undefined;
    if (this.#why === undefined || this.#said || this.#muted) return;
    this.#said = true;
    this.#quietUntilMs = nowMs() + LEAST_GAP_MS;
    const what = this.#isPartly
      ? 'the collector does not take all spans'
      : 'traces do not reach the collector';
    this.#report(`${what}: ${this.#why}`);
  }
}
