import type { Context, Span } from '@opentelemetry/api';
import { activeContext } from './active-context.js';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { type EventScope, scopeWithIds } from './event-scope.js';
import { type RunInSpan, runInSpan } from './run-in-span.js';
import { eventScopeOf, type OnAnswer, stepContext } from './step-context.js';
import { startSpan } from './tracer.js';

const NO_OPTIONS = {};

/** One call that is a step. */
export interface StepCall<T> extends RunInSpan<T> {
  readonly name: string;
  readonly attributes?: TraceAttributes | undefined;
  /** What is active, where that is known already. */
  readonly parent?: Context | undefined;
  /** Makes what is active below the step of its context. */
  readonly below?: ((of: Context) => Context) | undefined;
  readonly onAnswer?: OnAnswer | undefined;
  /** Called with the span and the scope that it is in; returns that of what is below. */
  begin?(span: Span, scope: EventScope | undefined): EventScope | undefined;
}

/** Runs one step below what is being traced, see `traceStep`. */
export function runStep<T>(call: StepCall<T>): T {
  const { parent = activeContext() } = call;
  const span = startSpan(call.name, NO_OPTIONS, parent);
  let scope = eventScopeOf(parent);
  if (call.attributes && span.isRecording()) {
    const known = toSpanAttributes(call.attributes);
    span.setAttributes(known);
    scope = scopeWithIds(scope, known);
  }
  if (call.begin) scope = call.begin(span, scope);
  const of = stepContext(parent, { span, scope, onAnswer: call.onAnswer });
  return runInSpan(span, call.below ? call.below(of) : of, call);
}
