import { nowMs } from '../now-ms.js';
import type { News } from './news.js';

/** A file that comes and goes is told of again after so long, and after twice as long each further time, up to the most. */
const LEAST_GAP_MS = 10_000;
const MOST_GAP_MS = 600_000;

/** What is told of a trace file: each reason why it is not written, once, and, once, that it is written again. */
export class TraceFileLines {
  readonly #tell: (news: News) => void;
  /** Those that are told, since it was written last, and ever. */
  readonly #reasons = new Set<string>();
  readonly #everTold = new Set<string>();
  #missingSpans = 0;
  #gapMs = LEAST_GAP_MS;
  #quietUntilMs = 0;

  constructor(tell: (news: News) => void) {
    this.#tell = tell;
  }

  /** So many spans could not be written. */
  failed({ code = '', message }: NodeJS.ErrnoException, spans: number): void {
    this.#missingSpans += spans;
    const isQuiet = this.#everTold.has(code) && nowMs() < this.#quietUntilMs;
    if (this.#reasons.has(code) || isQuiet) return;
    this.#reasons.add(code);
    this.#everTold.add(code);
    this.#tell({ kind: 'trace file', why: message });
  }

  /** What is missing for reasons that were not told is, with what is missing by then, once the file may be told of again. */
  written(): void {
    if (this.#missingSpans === 0) return;
    if (this.#reasons.size === 0 && nowMs() < this.#quietUntilMs) return;
    this.#tell({ kind: 'trace file again', missingSpans: this.#missingSpans });
    this.#reasons.clear();
    this.#missingSpans = 0;
    this.#quietUntilMs = nowMs() + this.#gapMs;
    this.#gapMs = Math.min(2 * this.#gapMs, MOST_GAP_MS);
  }
}
