import { nowMs } from '../now-ms.js';
import type { News } from './news.js';

/** A file that comes and goes is not told of more often. */
const LEAST_GAP_MS = 10_000;

/**
 * What is told of a trace file: each reason why it is not written, once, and, once, that it is written again. After that it is not told of
 * for ten seconds.
 */
export class TraceFileLines {
  readonly #tell: (news: News) => void;
  readonly #reasons = new Set<string>();
  #missingSpans = 0;
  #quietUntilMs = 0;

  constructor(tell: (news: News) => void) {
    this.#tell = tell;
  }

  /** So many spans could not be written. */
  failed({ code = '', message }: NodeJS.ErrnoException, spans: number): void {
    this.#missingSpans += spans;
    if (this.#reasons.has(code) || nowMs() < this.#quietUntilMs) return;
    this.#reasons.add(code);
    this.#tell({ kind: 'trace file', why: message });
  }

  written(): void {
    if (this.#reasons.size === 0) return;
    this.#tell({ kind: 'trace file again', missingSpans: this.#missingSpans });
    this.#reasons.clear();
    this.#missingSpans = 0;
    this.#quietUntilMs = nowMs() + LEAST_GAP_MS;
  }
}
