import { context, type Link, trace } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { withIdsOfStep } from './event-scope.js';
import { runInSpan } from './run-in-span.js';
import { startSpan } from './tracer.js';

/** A step while it runs. */
export interface Step {
  /** Writes attributes on the step's own span: the totals that a statement returned, say. */
  setAttributes(attributes: TraceAttributes): void;
  /** Where this step can be pointed at from another trace: pass it to `traceEvent` as `fetchedBy`. */
  readonly link: Link;
}

export interface StepOptions {
  /** Low in cardinality, one line: `InsertDonation`, not `insert donation 42`. */
  readonly name: string;
  readonly attributes?: TraceAttributes;
}

/**
 * Runs one step of an event as a child span of whatever is being traced; outside of an event it is a trace of its own (`fetchEvents`).
 * `run` may be synchronous or return a promise; what it returns or throws is passed on (see `runInSpan`). A failure sets the span's status and
 * `error.type`, and is recorded once in the trace, on the innermost step. With no SDK registered this only calls `run`.
 */
export function traceStep<T>(nameOrOptions: string | StepOptions, run: (step: Step) => T): T {
  const { name, attributes } =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions, attributes: undefined } : nameOrOptions;
  const parent = context.active();
  const span = startSpan(name, {}, parent);
  const recording = span.isRecording();
  let of = trace.setSpan(parent, span);
  if (recording && attributes) {
    const known = toSpanAttributes(attributes);
    span.setAttributes(known);
    of = withIdsOfStep(of, known);
  }
  const step: Step = {
    setAttributes: (more) => {
      if (recording) span.setAttributes(toSpanAttributes(more));
    },
    link: { context: span.spanContext() },
  };
  return runInSpan(span, of, () => run(step));
}
