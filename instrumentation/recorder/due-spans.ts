import type { Context } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { doNothing } from '../processors/guarded-processor.js';
import { LateSpan, madeOf } from './late-span.js';
import type { RecordedSpan } from './recorded-span.js';

/** The end of a span, or something that is left for later. */
export type Due = RecordedSpan | LateSpan | (() => void);

/** Who is to be told of spans; must not throw. */
export interface ToTell {
  start(span: RecordedSpan, parent: Context): void;
  end(span: RecordedSpan): void;
}

/** Tells processors, each of what it has something to do for. */
export function telling(spanProcessors: readonly SpanProcessor[]): ToTell {
  const starting = spanProcessors.filter(({ onStart }) => onStart !== doNothing);
  const ending = spanProcessors.filter(({ onEnding = doNothing }) => onEnding !== doNothing);
  const ended = spanProcessors.filter(({ onEnd }) => onEnd !== doNothing);
  return {
    /** A span is recording as it starts, also where it has its end by now. */
    start(span, parent) {
      const { ended: isEnded } = span;
      span.ended = false;
      for (const processor of starting) processor.onStart(span, parent);
      span.ended = isEnded;
    },
    /** A span can be written while it is ending. */
    end(span) {
      span.noteEventIds();
      span.ended = false;
      for (const processor of ending) processor.onEnding?.(span);
      span.ended = true;
      span.isSettled = true;
      for (const processor of ended) processor.onEnd(span);
    },
  };
}

/** What the processors are not told of yet. */
export class DueSpans {
  /** In the order they ended, and what was left for later between them. */
  readonly #due: (Due | undefined)[] = [];
  /** How many: the list stays as long as it ever was, since to cut it costs more than to fill it again. */
  #count = 0;
  /** Those of which the start is not told yet, each with the context that it was started in. */
  #started: (RecordedSpan | Context)[] = [];
  /** Those that have neither been made nor ended. */
  readonly #open: LateSpan[] = [];

  /** How many ends there are, and what was left for later. */
  get count(): number {
    return this.#count;
  }

  /** How many starts there are. */
  get startedCount(): number {
    return this.#started.length / 2;
  }

  start(span: RecordedSpan, parent: Context): void {
    this.#started.push(span, parent);
  }

  add(due: Due): void {
    this.#due[this.#count++] = due;
  }

  open(late: LateSpan): void {
    late.at = this.#open.push(late) - 1;
  }

  close(late: LateSpan): void {
    const last = this.#open.pop();
    if (last && last !== late) {
      this.#open[late.at] = last;
      last.at = late.at;
    }
    late.at = -1;
  }

  /** Whether something that is due is of some kind. */
  has(isOfKind: (due: Due) => boolean): boolean {
    for (let at = 0; at < this.#count; at++) {
      const due = this.#due[at];
      if (due && isOfKind(due)) return true;
    }
    return false;
  }

  /** Takes all that another one has. */
  take(other: DueSpans): void {
    for (const one of other.#started) this.#started.push(one);
    for (const late of other.#open) this.open(late);
    for (let at = 0; at < other.#count; at++) this.add(other.#due[at] as Due);
    other.clear();
  }

  /** Forgets all that it has. */
  clear(): void {
    this.#due.fill(undefined, 0, this.#count);
    this.#count = 0;
    this.#started.length = 0;
    this.#open.length = 0;
  }

  /** What was left for later. */
  leftForLater(): (() => void)[] {
    const works: (() => void)[] = [];
    for (let at = 0; at < this.#count; at++) {
      const due = this.#due[at];
      if (typeof due === 'function') works.push(due);
    }
    return works;
  }

  /** Does what was left for later, and gives the spans that have ended, in their order. Nobody is told of them. */
  takeWhole(): RecordedSpan[] {
    const spans: RecordedSpan[] = [];
    for (let at = 0; at < this.#count; at++) {
      const due = this.#due[at];
      if (typeof due === 'function') attempt(due);
      else if (due) attempt(() => spans.push(settled(due)));
    }
    this.clear();
    return spans;
  }

  /** Tells of the starts. */
  tellStarts(to: ToTell): void {
    if (this.#started.length === 0) return;
    const started = this.#started;
    this.#started = [];
    for (let at = 0; at < started.length; at += 2)
      to.start(started[at] as RecordedSpan, started[at + 1] as Context);
  }

  /** Tells of all, and does what was left for later. What is added meanwhile is told, too. */
  tell(to: ToTell): void {
    try {
      this.#makeLateSpans();
      this.tellStarts(to);
      for (let at = 0; at < this.#count; at++) {
        const due = this.#due[at];
        this.#due[at] = undefined;
        if (typeof due === 'function') attempt(due);
        else if (due) {
          const span = madeOf(due);
          this.tellStarts(to);
          if (span) to.end(span);
        }
      }
    } finally {
      this.#count = 0;
    }
  }

  /** Whoever is told of the end of a span is to know of all that have started before. */
  #makeLateSpans(): void {
    for (const late of [...this.#open]) madeOf(late);
    for (let at = 0; at < this.#count; at++) {
      const due = this.#due[at];
      if (typeof due === 'object') madeOf(due);
    }
  }
}

/** A span that has ended, as it is when it is told of that; throws where it cannot be made. */
function settled(due: RecordedSpan | LateSpan): RecordedSpan {
  const span = due instanceof LateSpan ? due.make() : due;
  // What is left for later and comes after its end may change them.
  span.noteEventIds();
  span.isSettled = true;
  return span;
}

/** It concerns one call: should it fail, all others go on. */
export function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // What it would have made, or set, is missing.
  }
}
