import type { Context, Span } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { activeContext } from '../../src/tracing/active-context.js';
import { type TraceAttributes, toSpanAttributes } from '../../src/tracing/attributes.js';
import { type EventScope, idsBelow, learnIds, scopeWithIds } from '../../src/tracing/event-scope.js';
import type { MethodCall, StepRow, Told } from '../../src/tracing/method-table.js';
import { runStep, type StepCall } from '../../src/tracing/run-step.js';
import {
  eventScopeOf,
  isFirstIn,
  type OnAnswer,
  spanOf,
  stepContext,
} from '../../src/tracing/step-context.js';
import { setEventAttributes } from '../../src/tracing/trace-event.js';
import { attempt } from '../recorder/due-spans.js';
import { RecordedSpan } from '../recorder/recorded-span.js';
import type { Method } from '../wrap-method.js';
import { columnsHearer } from './columns.js';
import { askName, askTold } from './guarded.js';
import { passThrough, type Wrap } from './stand-in.js';

/** A step of which the row's functions may be called later, because what they look at does not change. */
export type ReadLaterRow = StepRow & {
  readonly isReadLater?: true;
  /** Called with the result at once, before the application has it: what is to be known of it when the next event begins. */
  readonly note?: (result: never, call: MethodCall) => void;
};

/** The scope below a step that is read later: whoever asks for its ids before has it read at once. */
class ScopeReadLater implements EventScope {
  readonly span: Span | undefined;
  readonly event: EventScope;
  /** Let go of when it was called: it holds the call. */
  private read: (() => EventScope['ids']) | undefined;
  private known: EventScope['ids'] | undefined;

  constructor(above: EventScope, read: () => EventScope['ids']) {
    this.span = above.span;
    this.event = above.event ?? above;
    this.read = read;
  }

  get ids(): EventScope['ids'] {
    if (!this.known) {
      const read = this.read;
      this.read = undefined;
      this.known = read?.() ?? {};
    }
    return this.known;
  }
}

type SpanAttributes = ReturnType<typeof toSpanAttributes>;

/** Writes what a call tells; returns what it told of its step. */
function tell(told: Told | undefined, step: Span): SpanAttributes | undefined {
  if (told?.event) setEventAttributes(told.event);
  if (!told?.step || !step.isRecording()) return undefined;
  const known = toSpanAttributes(told.step);
  step.setAttributes(known);
  return known;
}

/** The same, when the spans may have their ends already. */
function tellLater(
  told: Told | undefined,
  { step, scope }: { step: RecordedSpan; scope: EventScope | undefined },
): SpanAttributes | undefined {
  if (told?.event) tellEventLater(scope, told.event);
  const known = told?.step && toSpanAttributes(told.step);
  if (known) step.setLate(known);
  return known;
}

function tellEventLater(scope: EventScope | undefined, attributes: TraceAttributes): void {
  if (!scope || !(scope.span instanceof RecordedSpan) || scope.span.isSettled) return;
  const known = toSpanAttributes(attributes);
  learnIds(scope, known);
  scope.span.setLate(known);
}

type After = (result: unknown, call: MethodCall) => Told | undefined;

/** A row, ready to make steps of calls. */
class Steps {
  readonly row: StepRow;
  readonly id: string;
  readonly #isReadLater: boolean;
  readonly #before: StepRow['before'];
  readonly #after: After | undefined;
  readonly #note: ((result: unknown, call: MethodCall) => void) | undefined;
  readonly #hearer: (() => OnAnswer) | undefined;

  constructor(row: ReadLaterRow, id: string) {
    this.row = row;
    this.id = id;
    this.#isReadLater = row.isReadLater === true;
    this.#before = row.before?.bind(row);
    this.#after = row.after?.bind(row) as After | undefined;
    this.#note = this.#isReadLater
      ? (row.note as ((result: unknown, call: MethodCall) => void) | undefined)
      : undefined;
    this.#hearer = row.columns && columnsHearer(row.columns, this.#isReadLater);
  }

  /** Makes a step of one call. */
  run(name: string, call: RowCall): unknown {
    call.name = name;
    call.onAnswer = this.#hearer?.();
    return runStep(call);
  }

  /** Tells what a call does before it is made; returns the scope of what is below. */
  begin(span: Span, scope: EventScope | undefined, call: RowCall): EventScope | undefined {
    const before = this.#before;
    if (!before) return scope;
    if (scope && this.#isReadLater && span instanceof RecordedSpan) {
      const below = new ScopeReadLater(scope, () =>
        idsBelow(scope, tellLater(askTold(this.id, 'before', before, call), { step: span, scope }) ?? {}),
      );
      span.later(() => below.ids);
      return below;
    }
    const known = tell(askTold(this.id, 'before', before, call), span);
    return known ? scopeWithIds(scope, known) : scope;
  }

  /** Tells what the result of a call does. */
  look(result: unknown, span: Span, call: RowCall): void {
    const note = this.#note;
    if (note) attempt(() => note(result, call));
    const after = this.#after;
    if (!after) return;
    if (this.#isReadLater && span instanceof RecordedSpan) {
      const scope = eventScopeOf(call.parent);
      span.later(() => tellLater(askTold(this.id, 'after', after, result, call), { step: span, scope }));
    } else {
      tell(askTold(this.id, 'after', after, result, call), span);
    }
  }
}

interface CallOf {
  readonly self: unknown;
  readonly args: unknown[];
  readonly key: string | undefined;
  readonly parent: Context;
}

/** One call of a method of a row: what the row's functions see of it, and the step that it is. One object, because there are many. */
class RowCall implements MethodCall, StepCall<unknown> {
  name = '';
  onAnswer: OnAnswer | undefined;
  readonly parent: Context;
  readonly below: ((of: Context) => Context) | undefined;
  readonly self: unknown;
  readonly args: unknown[];
  declare readonly key?: string;
  private readonly steps: Steps;
  private readonly original: Method;

  constructor(steps: Steps, original: Method, of: CallOf) {
    this.steps = steps;
    this.original = original;
    this.parent = of.parent;
    this.self = of.self;
    this.args = of.args;
    if (of.key !== undefined) this.key = of.key;
    this.below = steps.row.isLeaf ? suppressTracing : undefined;
  }

  run(): unknown {
    return Reflect.apply(this.original, this.self, this.args);
  }

  begin(span: Span, scope: EventScope | undefined): EventScope | undefined {
    return this.steps.begin(span, scope, this);
  }

  look(result: unknown, span: Span): void {
    this.steps.look(result, span, this);
  }
}

/**
 * What a call is made below: what is active, or, where that step is over and its event is not, the event. What a step calls back, or left in a
 * queue, goes on then. Undefined where nothing is traced.
 */
function parentOf(active: Context): Context | undefined {
  const above = spanOf(active);
  if (above === undefined) return undefined;
  if (above.isRecording()) return active;
  const scope = eventScopeOf(active);
  return scope?.span?.isRecording() ? stepContext(active, { span: scope.span, scope }) : undefined;
}

/** Makes a step of a function. What the function returns or throws is passed on (see `traceStep`). */
export function wrapStep(row: ReadLaterRow, id: string): Wrap {
  const { name, isRoot = false, once = false } = row;
  const steps = new Steps(row, id);
  return (original, key) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const active = activeContext();
      const parent = parentOf(active) ?? (isRoot ? active : undefined);
      if (parent === undefined) return passThrough(original, this, args);
      const above = spanOf(parent);
      const aboveName = (above as { name?: string } | undefined)?.name;
      // A method that calls another one of the same name is one step.
      if (typeof name === 'string' && aboveName === name) return passThrough(original, this, args);
      const of: CallOf = { self: this, args, key, parent };
      const call = new RowCall(steps, original, of);
      const stepName = typeof name === 'string' ? name : askName(id, name, call);
      if (stepName === undefined || stepName === aboveName) return passThrough(original, this, args);
      if (!once || isFirstIn(active, stepName)) return steps.run(stepName, call);
      try {
        return Reflect.apply(original, this, args);
      } catch (error) {
        const failed: Method = () => {
          throw error;
        };
        return steps.run(stepName, new RowCall(steps, failed, of));
      }
    };
}
