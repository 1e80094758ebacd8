import { performance } from 'node:perf_hooks';
import { type Attributes, type Context, type Span, SpanKind } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { EventScope } from '../../src/tracing/event-scope.js';
import { eventScopeOf } from '../../src/tracing/step-context.js';
import { endFailed } from '../end-failed.js';
import { idsAtEnd, type RecordedIn, RecordedSpan, type RecordedTrace } from './recorded-span.js';
import { newSpanId } from './span-ids.js';

/** What a client span tells, when somebody asks. */
export interface ClientSpan {
  readonly name: string;
  /** What many have in common: the same object each time, which nobody may change. */
  readonly attributes: Attributes;
}

/** Something that a client span stands for, and that is under way. */
export interface Running {
  end(): void;
  /** Ends it as one that failed. */
  fail(error: unknown): void;
}

/** Where a span that is made later belongs. */
export interface LateSpanIn extends RecordedIn {
  /** Told of a span that has started. */
  onStart(span: RecordedSpan, parent: Context): void;
  /** Has the span made before the processors are told of any end that they are told with it, unless `close` is called before. */
  open(late: LateSpan): void;
  close(late: LateSpan): void;
  /** It has its end, and is made when the processors are told of that, or its trace is taken. */
  onLateEnd(late: LateSpan): void;
}

export interface LateSpanStart {
  readonly in: LateSpanIn;
  readonly instrumentationScope: InstrumentationScope;
  readonly above: RecordedSpan;
  readonly parent: Context;
  readonly describe: () => ClientSpan;
}

/**
 * A client span that is made when there is time, or when it fails: until then it is two times and where it belongs. What a span takes is
 * done for many of them together, which costs a fraction of what it costs one by one, between two answers.
 */
export class LateSpan implements Running {
  /** Its place among those that are open. */
  at = -1;
  private readonly of: LateSpanStart;
  private readonly startedAtMs = performance.now();
  private finishedAtMs: number | undefined;
  private eventIds: RecordedSpan['eventIds'];
  private span: RecordedSpan | undefined;

  constructor(start: LateSpanStart) {
    this.of = start;
    start.in.open(this);
  }

  get trace(): RecordedTrace {
    return this.of.above.trace;
  }

  get scope(): EventScope | undefined {
    return eventScopeOf(this.of.parent);
  }

  /** How long it took, in ms, when it has its end. */
  get durationMs(): number {
    return (this.finishedAtMs ?? this.startedAtMs) - this.startedAtMs;
  }

  end(): void {
    if (this.span) {
      this.span.end();
      return;
    }
    const { in: recorder, above } = this.of;
    this.finishedAtMs = performance.now();
    const { scope } = this;
    if (scope && !recorder.hasLaterOf(above.trace)) this.eventIds = idsAtEnd(scope);
    recorder.onLateEnd(this);
  }

  fail(error: unknown): void {
    const span = madeOf(this);
    this.of.in.close(this);
    if (span) endFailed(span, error);
  }

  /** The span, which is made if it was not yet, and its start told; it has its end where this has. */
  made(): RecordedSpan {
    if (this.span) return this.span;
    const span = this.make();
    const { in: recorder, parent } = this.of;
    recorder.close(this);
    recorder.onStart(span, parent);
    return span;
  }

  /** Makes the span, of which nobody is told. */
  make(): RecordedSpan {
    const { in: recorder, above, instrumentationScope, describe } = this.of;
    const { name, attributes } = describe();
    const span = new RecordedSpan({
      name,
      kind: SpanKind.CLIENT,
      spanId: newSpanId(),
      below: above,
      instrumentationScope,
      scope: this.scope,
      startTime: undefined,
      startedAtMs: this.startedAtMs,
      attributes: undefined,
      in: recorder,
    });
    this.span = span;
    span.shared = attributes;
    if (this.finishedAtMs !== undefined) span.endedAt(this.finishedAtMs, this.eventIds);
    return span;
  }
}

/** The span of one that may be made late; undefined where what it stands for cannot be read. */
export function madeOf(span: RecordedSpan | LateSpan): RecordedSpan | undefined {
  try {
    return span.made();
  } catch {
    return undefined;
  }
}

/** The span of something that is under way, where it was made at its start. */
export function runningSpan(span: Span): Running {
  return { end: () => span.end(), fail: (error) => endFailed(span, error) };
}
