import { setTimeout } from 'node:timers';
import type { Context, TracerOptions, TracerProvider } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { doNothing } from '../processors/guarded-processor.js';
import { type LateSpan, madeOf } from './late-span.js';
import type { RecordedSpan, RecordedTrace } from './recorded-span.js';
import { RecorderTracer, type TracerIn } from './recorder-tracer.js';

/** The end of a span, or something that is left for later. */
type Due = RecordedSpan | LateSpan | (() => void);

export interface RecorderOptions {
  readonly resource: Resource;
  /** Called in this order; must not throw. */
  readonly spanProcessors: readonly SpanProcessor[];
}

/** Ends that the processors are not told of yet, and what is left for later, at most; and for how long, at most, while the host's loop turns. */
const MOST_DUE = 512;
const LONGEST_DUE_MS = 100;
/** So many are worth it, where the host waits: a few at a time would cost more each. */
const MANY_DUE = 128;

/**
 * A tracer provider that records as that of the SDK does by default: all that begins here or below a sampled parent, with the default limits. It
 * costs the host's thread a fraction of what the SDK costs it, and not when the host has something to do: processors are told of ended spans
 * when `settle` is called, of many together. Otherwise they are told after 100 ms, or 512 spans (fewer where much is left for later), or when
 * attributes are written in a trace of which something is left for later.
 */
export class Recorder implements TracerProvider, TracerIn {
  readonly resource: Resource;
  readonly #starting: readonly SpanProcessor[];
  readonly #ending: readonly SpanProcessor[];
  readonly #ended: readonly SpanProcessor[];
  readonly #tracers = new Map<string, RecorderTracer>();
  /** In the order they ended, and what was left for later between them. */
  readonly #due: (Due | undefined)[] = [];
  /** How many: the list stays as long as it ever was, since to cut it costs more than to fill it again. */
  #dueCount = 0;
  /** Those that the processors are not told of yet, each with the context that it was started in. */
  #started: (RecordedSpan | Context)[] = [];
  /** Those that have neither been made nor ended. */
  readonly #open: LateSpan[] = [];
  /** Begins with 1; what was left for later in the one before is done. */
  #round = 1;
  #isSettling = false;
  /** One timer, started again and again: made before there is anything of the host's that it would hold on to. */
  readonly #timer = setTimeout(() => {
    this.#isTimed = false;
    this.settle();
  }, LONGEST_DUE_MS).unref();
  #isTimed = true;

  constructor({ resource, spanProcessors }: RecorderOptions) {
    this.resource = resource;
    this.#starting = spanProcessors.filter(({ onStart }) => onStart !== doNothing);
    this.#ending = spanProcessors.filter(({ onEnding = doNothing }) => onEnding !== doNothing);
    this.#ended = spanProcessors.filter(({ onEnd }) => onEnd !== doNothing);
  }

  getTracer(name: string, version?: string, options?: TracerOptions): RecorderTracer {
    const schemaUrl = options?.schemaUrl;
    const key = JSON.stringify([name, version, schemaUrl]);
    let tracer = this.#tracers.get(key);
    if (!tracer) {
      const scope: InstrumentationScope = {
        name,
        ...(version === undefined ? {} : { version }),
        ...(schemaUrl === undefined ? {} : { schemaUrl }),
      };
      tracer = new RecorderTracer(scope, this);
      this.#tracers.set(key, tracer);
    }
    return tracer;
  }

  onStart(span: RecordedSpan, parent: Context): void {
    this.#started.push(span, parent);
    if (this.#started.length >= 2 * MOST_DUE) this.settle();
  }

  /** Tells of a start at once, for one of those who make spans elsewhere: a processor may have something to do before the span goes on. */
  onForeignStart(span: RecordedSpan, parent: Context): void {
    this.#started.push(span, parent);
    this.#tellStarts();
  }

  onEnd(span: RecordedSpan): void {
    this.#add(span);
  }

  open(late: LateSpan): void {
    late.at = this.#open.push(late) - 1;
  }

  close(late: LateSpan): void {
    if (late.at < 0) return;
    const last = this.#open.pop();
    if (last && last !== late) {
      this.#open[late.at] = last;
      last.at = late.at;
    }
    late.at = -1;
  }

  onLateEnd(late: LateSpan): void {
    this.close(late);
    this.#add(late);
  }

  later(work: () => void, own: RecordedTrace, ofEvent: RecordedTrace): void {
    own.laterIn = this.#round;
    ofEvent.laterIn = this.#round;
    this.#add(work);
  }

  hasLaterOf({ laterIn }: RecordedTrace): boolean {
    return laterIn === this.#round;
  }

  settleIfLater(of: RecordedTrace): void {
    if (this.hasLaterOf(of)) this.settle();
  }

  settleIfMany(): void {
    if (this.#dueCount >= MANY_DUE) this.settle();
  }

  #add(due: Due): void {
    this.#due[this.#dueCount++] = due;
    if (this.#dueCount >= MOST_DUE) this.settle();
    else if (!this.#isTimed) {
      this.#isTimed = true;
      this.#timer.refresh();
    }
  }

  /** Tells the processors of all spans that have ended, and does what was left for later. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      this.#makeLateSpans();
      this.#tellStarts();
      // More may be added while they are told.
      for (let at = 0; at < this.#dueCount; at++) {
        const due = this.#due[at];
        this.#due[at] = undefined;
        if (typeof due === 'function') attempt(due);
        else if (due) {
          const span = madeOf(due);
          this.#tellStarts();
          if (span) this.#tell(span);
        }
      }
    } finally {
      this.#dueCount = 0;
      this.#round++;
      this.#isSettling = false;
    }
  }

  /** Whoever is told of the end of a span is to know of all that have started before. */
  #makeLateSpans(): void {
    for (const late of [...this.#open]) madeOf(late);
    for (let at = 0; at < this.#dueCount; at++) {
      const due = this.#due[at];
      if (typeof due === 'object') madeOf(due);
    }
  }

  #tellStarts(): void {
    if (this.#started.length === 0) return;
    const started = this.#started;
    this.#started = [];
    for (let at = 0; at < started.length; at += 2)
      this.#tellStart(started[at] as RecordedSpan, started[at + 1] as Context);
  }

  /** A span is recording as it starts, also where it has its end by now. */
  #tellStart(span: RecordedSpan, parent: Context): void {
    const { ended } = span;
    span.ended = false;
    for (const processor of this.#starting) processor.onStart(span, parent);
    span.ended = ended;
  }

  /** A span can be written while it is ending. */
  #tell(span: RecordedSpan): void {
    span.noteEventIds();
    span.ended = false;
    for (const processor of this.#ending) processor.onEnding?.(span);
    span.ended = true;
    span.isSettled = true;
    for (const processor of this.#ended) processor.onEnd(span);
  }
}

/** What was left for later concerns one call: should it fail, all others go on. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The attributes that it would have set are missing.
  }
}
