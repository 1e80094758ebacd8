import { diag, type Link, type Span } from '@opentelemetry/api';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { expectFunction } from './expect-function.js';
import { runStep } from './run-step.js';

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

let isSaidNameless = false;

/** The name of a step that is given none, which a line says once: whoever forgets one name forgets more. */
function nameless(): string {
  if (!isSaidNameless) {
    isSaidNameless = true;
    try {
      diag.error('expected a step to be given a name; such steps are named step');
    } catch {
      // A logger of the host's.
    }
  }
  return 'step';
}

class StepOfSpan implements Step {
  readonly #span: Span;

  constructor(span: Span) {
    this.#span = span;
  }

  /** A function of its own, for who takes it out of the step. */
  readonly setAttributes = (attributes: TraceAttributes): void => {
    if (this.#span.isRecording()) this.#span.setAttributes(toSpanAttributes(attributes));
  };

  get link(): Link {
    return { context: this.#span.spanContext() };
  }
}

/**
 * Runs one step of an event as a child span of whatever is being traced; outside of an event it is a trace of its own (`fetchEvents`).
 * `run` may be synchronous or return a promise; what it returns or throws is passed on (see `runInSpan`). A failure sets the span's status and
 * `error.type`, and is recorded once in the trace, on the innermost step. With no SDK registered this only calls `run`.
 *
 * @throws TypeError where `run` is no function.
 */
export function traceStep<T>(nameOrOptions: string | StepOptions, run: (step: Step) => T): T {
  expectFunction(run, traceStep);
  const { name, attributes }: Partial<StepOptions> =
    typeof nameOrOptions === 'string' ? { name: nameOrOptions } : (nameOrOptions ?? {});
  return runStep({
    name: typeof name === 'string' && /\S/.test(name) ? name : nameless(),
    attributes,
    run: (span) => run(new StepOfSpan(span)),
  });
}
