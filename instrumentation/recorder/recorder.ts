import { setTimeout } from 'node:timers';
import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { type InstrumentationScope, isTracingSuppressed } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { eventScopeOf, spanOf } from '../../src/tracing/step-context.js';
import { doNothing } from '../processors/guarded-processor.js';
import { clockOriginMs } from '../trace-clock.js';
import { type Below, RecordedSpan, type RecordedTrace } from './recorded-span.js';
import { newSpanId, newTraceId } from './span-ids.js';

export interface RecorderOptions {
  readonly resource: Resource;
  /** Called in this order; must not throw. */
  readonly spanProcessors: readonly SpanProcessor[];
}

/** Ends that the processors are not told of yet, and what is left for later, at most; and for how long, at most, while the host's loop turns. */
const MOST_DUE = 256;
const LONGEST_DUE_MS = 100;

/**
 * A tracer provider that records as that of the SDK does by default: all that begins here or below a sampled parent, with the default limits. It
 * costs the host's thread a fraction of what the SDK costs it, and not when the host has something to do: processors are told of ended spans
 * when `settle` is called, which is best done while the host waits for an answer. Otherwise they are told after 100 ms, or 256 spans (fewer where
 * much is left for later), or when attributes are written while something is left for later.
 */
export class Recorder implements TracerProvider {
  readonly resource: Resource;
  readonly #starting: readonly SpanProcessor[];
  readonly #ending: readonly SpanProcessor[];
  readonly #ended: readonly SpanProcessor[];
  readonly #tracers = new Map<string, RecorderTracer>();
  /** In the order they ended, and what was left for later between them. */
  readonly #due: (RecordedSpan | (() => void) | undefined)[] = [];
  /** How many: the list stays as long as it ever was, since to cut it costs more than to fill it again. */
  #dueCount = 0;
  hasLater = false;
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
    for (const processor of this.#starting) processor.onStart(span, parent);
  }

  onEnd(span: RecordedSpan): void {
    this.#add(span);
  }

  later(work: () => void): void {
    this.hasLater = true;
    this.#add(work);
  }

  settleIfLater(): void {
    if (this.hasLater) this.settle();
  }

  #add(due: RecordedSpan | (() => void)): void {
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
      // More may be added while they are told.
      for (let at = 0; at < this.#dueCount; at++) {
        const due = this.#due[at];
        this.#due[at] = undefined;
        if (typeof due === 'function') attempt(due);
        else if (due) this.#tell(due);
      }
    } finally {
      this.#dueCount = 0;
      this.hasLater = false;
      this.#isSettling = false;
    }
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

function newTrace(of?: SpanContext): RecordedTrace {
  return {
    traceId: of ? of.traceId : newTraceId(),
    traceState: of?.traceState,
    originMs: clockOriginMs(),
  };
}

/** Below a span that was not recorded here, or below none; undefined where it is not sampled. */
function belowOther(parent: SpanContext | undefined): Below | undefined {
  if (!parent || !trace.isSpanContextValid(parent)) return { trace: newTrace(), spanId: undefined };
  if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { trace: newTrace(parent), spanId: undefined, other: parent };
}

/** What is below a span that is not recorded is not, either. */
function notRecordedBelow(parent: SpanContext): Span {
  const { traceId, traceState } = parent;
  const of: SpanContext = { traceId, spanId: newSpanId(), traceFlags: TraceFlags.NONE };
  if (traceState) of.traceState = traceState;
  return trace.wrapSpanContext(of);
}

class RecorderTracer implements Tracer {
  readonly #scope: InstrumentationScope;
  readonly #recorder: Recorder;

  constructor(scope: InstrumentationScope, recorder: Recorder) {
    this.#scope = scope;
    this.#recorder = recorder;
  }

  startSpan(name: string, options?: SpanOptions, parentContext: Context = context.active()): Span {
    return this.record({ name, options, parentContext });
  }

  settle(): void {
    this.#recorder.settle();
  }

  record({ name, options = {}, parentContext, shared, startedAtMs }: SpanToRecord): Span {
    if (isTracingSuppressed(parentContext)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = options.root ? undefined : spanOf(parentContext);
    const below = parent instanceof RecordedSpan ? parent : belowOther(parent?.spanContext());
    if (!below) return notRecordedBelow((parent as Span).spanContext());
    const span = new RecordedSpan({
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      spanId: newSpanId(),
      below,
      instrumentationScope: this.#scope,
      scope: eventScopeOf(parentContext),
      startTime: options.startTime,
      startedAtMs,
      attributes: options.attributes,
      in: this.#recorder,
    });
    span.shared = shared;
    if (options.links) span.addLinks(options.links);
    this.#recorder.onStart(span, parentContext);
    return span;
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, run: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    run: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    parent: Context,
    run: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...args: unknown[]): ReturnType<F> {
    const run = args.pop() as (span: Span) => ReturnType<F>;
    const [options, parent = context.active()] = args as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), run, undefined, span);
  }
}

const CLIENT: SpanOptions = { kind: SpanKind.CLIENT };

interface SpanToRecord {
  readonly name: string;
  readonly options: SpanOptions | undefined;
  readonly parentContext: Context;
  readonly shared?: Attributes;
  readonly startedAtMs?: number | undefined;
}

interface ClientSpan {
  readonly name: string;
  /** What many have in common: the same object each time, which nobody may change. */
  readonly attributes: Attributes;
  readonly parent: Context;
  /** By the fine clock, where the span is made later than it starts: see `canBeMadeLater`. */
  readonly startedAtMs?: number;
}

/** Starts a span of what leaves the process. */
export function startClientSpan(tracer: Tracer, { name, attributes, parent, startedAtMs }: ClientSpan): Span {
  if (tracer instanceof RecorderTracer)
    return tracer.record({ name, options: CLIENT, parentContext: parent, shared: attributes, startedAtMs });
  return tracer.startSpan(name, { ...CLIENT, attributes }, parent);
}

/** Whether a span of a tracer can be made after the fact; others have no clock that is fine enough for that. */
export function canBeMadeLater(tracer: Tracer): boolean {
  return tracer instanceof RecorderTracer;
}

/** To be called when the host has begun to wait: does what there is to do for the spans that have ended. */
export function settleWhileWaiting(tracer: Tracer): void {
  if (tracer instanceof RecorderTracer) tracer.settle();
}
