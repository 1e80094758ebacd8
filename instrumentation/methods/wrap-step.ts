import { type Context, context, type Span, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { type TraceAttributes, toSpanAttributes } from '../../src/tracing/attributes.js';
import type { MethodCall, StepRow, Told } from '../../src/tracing/method-table.js';
import { runStep, type StepCall } from '../../src/tracing/run-step.js';
import { isFirstIn, type OnAnswer } from '../../src/tracing/step-context.js';
import { setEventAttributes } from '../../src/tracing/trace-event.js';
import type { Method } from '../wrap-method.js';
import { columnsHearer } from './columns.js';
import { ask } from './guarded.js';
import { passThrough, type Wrap } from './stand-in.js';

function tell(told: Told | undefined, step: Span): void {
  if (told?.step) step.setAttributes(toSpanAttributes(told.step));
  if (told?.event) setEventAttributes(told.event);
}

type After = (result: unknown, call: MethodCall) => Told | undefined;

/** A row, ready to make steps of calls. */
class Steps {
  readonly row: StepRow;
  readonly id: string;
  readonly #before: StepRow['before'];
  readonly #after: After | undefined;
  readonly #hearer: (() => OnAnswer) | undefined;

  constructor(row: StepRow, id: string) {
    this.row = row;
    this.id = id;
    this.#before = row.before?.bind(row);
    this.#after = row.after?.bind(row) as After | undefined;
    this.#hearer = row.columns && columnsHearer(row.columns);
  }

  /** Makes a step of one call. */
  run(name: string, call: RowCall): unknown {
    const told = this.#before && ask(this.id, this.#before, call);
    if (told?.event) setEventAttributes(told.event);
    call.name = name;
    call.attributes = told?.step;
    call.onAnswer = this.#hearer?.();
    return runStep(call);
  }

  /** Tells what the result of a call does. */
  look(result: unknown, span: Span, call: MethodCall): void {
    if (this.#after) tell(ask(this.id, this.#after, result, call), span);
  }
}

/** One call of a method of a row: what the row's functions see of it, and the step that it is. One object, because there are many. */
class RowCall implements MethodCall, StepCall<unknown> {
  name = '';
  attributes: TraceAttributes | undefined;
  onAnswer: OnAnswer | undefined;
  readonly parent: Context;
  readonly below: ((of: Context) => Context) | undefined;
  readonly self: unknown;
  readonly args: unknown[];
  declare readonly key?: string;
  readonly #steps: Steps;
  readonly #original: Method;

  constructor(
    steps: Steps,
    original: Method,
    of: { self: unknown; args: unknown[]; key: string | undefined; parent: Context },
  ) {
    this.#steps = steps;
    this.#original = original;
    this.parent = of.parent;
    this.self = of.self;
    this.args = of.args;
    if (of.key !== undefined) this.key = of.key;
    this.below = steps.row.isLeaf ? suppressTracing : undefined;
  }

  run(): unknown {
    return this.#original.apply(this.self, this.args);
  }

  look(result: unknown, span: Span): void {
    this.#steps.look(result, span, this);
  }
}

/** Makes a step of a function. What the function returns or throws is passed on (see `traceStep`). */
export function wrapStep(row: StepRow, id: string): Wrap {
  const { name, isRoot = false, once = false } = row;
  const steps = new Steps(row, id);
  return (original, key) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const parent = context.active();
      const above = trace.getSpan(parent);
      if (!isRoot && !above?.isRecording()) return passThrough(original, this, args);
      const of = { self: this, args, key, parent };
      const call = new RowCall(steps, original, of);
      const stepName = typeof name === 'string' ? name : ask(id, name, call);
      // A method that calls another one of the same name is one step.
      if (stepName === undefined || (above as { name?: string } | undefined)?.name === stepName)
        return passThrough(original, this, args);
      if (!once || isFirstIn(parent, stepName)) return steps.run(stepName, call);
      try {
        return original.apply(this, args);
      } catch (error) {
        const failed: Method = () => {
          throw error;
        };
        return steps.run(stepName, new RowCall(steps, failed, of));
      }
    };
}
