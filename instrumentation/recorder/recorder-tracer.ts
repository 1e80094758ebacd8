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
  trace,
} from '@opentelemetry/api';
import { type InstrumentationScope, isTracingSuppressed } from '@opentelemetry/core';
import { eventScopeOf, spanOf } from '../../src/tracing/step-context.js';
import { SCOPE_NAME } from '../../src/tracing/tracer.js';
import { clockOriginMs } from '../trace-clock.js';
import { type ClientSpan, LateSpan, type LateSpanIn, type Running, runningSpan } from './late-span.js';
import { type Below, RecordedSpan, type RecordedTrace } from './recorded-span.js';
import { newSpanId, newTraceId } from './span-ids.js';

function newTrace(of?: SpanContext): RecordedTrace {
  return {
    traceId: of ? of.traceId : newTraceId(),
    traceState: of?.traceState,
    originMs: clockOriginMs(),
    laterIn: 0,
    waitsAt: -1,
    undone: undefined,
  };
}

/** Below a span that was not recorded here, or below none; undefined where it is not sampled. */
function belowOther(parent: SpanContext | undefined, recorder: TracerIn): Below | undefined {
  if (!parent || !trace.isSpanContextValid(parent)) return { trace: newTrace(), spanId: undefined };
  if ((parent.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  recorder.goOnWith(parent.traceId);
  return { trace: newTrace(parent), spanId: undefined, other: parent };
}

/** What is below a span that is not recorded is not, either. */
function notRecordedBelow(parent: SpanContext): Span {
  const { traceId, traceState } = parent;
  const of: SpanContext = { traceId, spanId: newSpanId(), traceFlags: TraceFlags.NONE };
  if (traceState) of.traceState = traceState;
  return trace.wrapSpanContext(of);
}

/** What the tracers of one process share. */
export interface TracerIn extends LateSpanIn {
  /** Told of a trace that is gone on with by its id alone: it may have begun here. */
  goOnWith(traceId: string): void;
  /** Told of a span that somebody else than this package starts. */
  onForeignStart(span: RecordedSpan, parent: Context): void;
  /** Tells the processors of what has ended, if that is much. */
  settleIfMany(): void;
}

/** Starts the spans of one scope, as the SDK's tracer does. */
export class RecorderTracer implements Tracer {
  readonly #scope: InstrumentationScope;
  readonly #recorder: TracerIn;
  readonly #isOurs: boolean;

  constructor(scope: InstrumentationScope, recorder: TracerIn) {
    this.#scope = scope;
    this.#isOurs = scope.name === SCOPE_NAME;
    this.#recorder = recorder;
  }

  startSpan(name: string, options?: SpanOptions, parentContext: Context = context.active()): Span {
    return this.record({ name, options, parentContext });
  }

  settleIfMany(): void {
    this.#recorder.settleIfMany();
  }

  run(parent: Context, describe: () => ClientSpan): Running {
    const above = spanOf(parent);
    if (!(above instanceof RecordedSpan)) return runningSpan(this.recordClient(parent, describe()));
    return new LateSpan({
      in: this.#recorder,
      instrumentationScope: this.#scope,
      above,
      parent,
      describe,
    });
  }

  recordClient(parentContext: Context, { name, attributes }: ClientSpan): Span {
    return this.record({ name, options: CLIENT, parentContext, shared: attributes });
  }

  record({ name, options = {}, parentContext, shared }: SpanToRecord): Span {
    if (isTracingSuppressed(parentContext)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = options.root ? undefined : spanOf(parentContext);
    const below = parent instanceof RecordedSpan ? parent : belowOther(parent?.spanContext(), this.#recorder);
    if (!below) return notRecordedBelow((parent as Span).spanContext());
    const span = new RecordedSpan({
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      spanId: newSpanId(),
      below,
      instrumentationScope: this.#scope,
      scope: eventScopeOf(parentContext),
      startTime: options.startTime,
      startedAtMs: undefined,
      attributes: options.attributes,
      in: this.#recorder,
    });
    span.shared = shared;
    if (options.links) span.addLinks(options.links);
    if (this.#isOurs) this.#recorder.onStart(span, parentContext);
    else this.#recorder.onForeignStart(span, parentContext);
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
}

/** Starts a span of what leaves the process. */
export function startClientSpan(tracer: Tracer, parent: Context, client: ClientSpan): Span {
  if (tracer instanceof RecorderTracer) return tracer.recordClient(parent, client);
  return tracer.startSpan(client.name, { ...CLIENT, attributes: client.attributes }, parent);
}

/**
 * Begins what a span of what leaves the process stands for. The recorder makes the span, and asks what it tells, when there is time; others
 * make it now, having no clock that is fine enough to do so after the fact.
 */
export function runClient(tracer: Tracer, parent: Context, describe: () => ClientSpan): Running {
  if (tracer instanceof RecorderTracer) return tracer.run(parent, describe);
  return runningSpan(startClientSpan(tracer, parent, describe()));
}

/** To be called when the host has begun to wait: does what there is to do for the spans that have ended, if they are many. */
export function settleWhileWaiting(tracer: Tracer): void {
  if (tracer instanceof RecorderTracer) tracer.settleIfMany();
}
