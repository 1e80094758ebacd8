import { type Context, createContextKey, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { activeContext } from './active-context.js';
import type { EventScope } from './event-scope.js';

const EVENT_SCOPE = createContextKey('grants-otel.event-scope');

/** The key by which the API keeps the active span, which it does not tell. */
function spanKey(): symbol {
  let found: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    setValue(key) {
      found = key;
      return probe;
    },
    deleteValue: () => probe,
  };
  trace.setSpan(probe, undefined as unknown as Span);
  return found ?? createContextKey('OpenTelemetry Context Key SPAN');
}

const SPAN = spanKey();

/** What hears the answers of statements, with the span of the step: a result of `pg`, or a list of them. */
export type OnAnswer = (answer: unknown, step: Span) => void;

/**
 * A context with a span and the scope of an event. The API's own copies a map, and makes three functions, for each value that is set: that
 * is most of what a step costs. This one never refers to the context of another step, so that a loop that goes on in its own step holds nothing.
 */
export class StepContext implements Context {
  /** Another copy of this file knows it by this. */
  readonly isOfGrantsOtel = true;
  readonly span: Span | undefined;
  readonly scope: EventScope | undefined;
  /** Called with the answer of each statement directly below the step; must not throw. */
  readonly onAnswer: OnAnswer | undefined;
  /** All other values. */
  readonly rest: Context;
  /** The steps that were made directly below, of those that are made once. */
  madeOnce: string[] | undefined;

  constructor(span: Span | undefined, scope: EventScope | undefined, rest: Context, onAnswer?: OnAnswer) {
    this.span = span;
    this.scope = scope;
    this.onAnswer = onAnswer;
    this.rest = rest;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.span;
    if (key === EVENT_SCOPE) return this.scope;
    // It has none, and is asked for one with every span.
    return this.rest === ROOT_CONTEXT ? undefined : this.rest.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN) return new StepContext(value as Span | undefined, this.scope, this.rest);
    if (key === EVENT_SCOPE) return new StepContext(this.span, value as EventScope | undefined, this.rest);
    return new StepContext(this.span, this.scope, this.rest.setValue(key, value), this.onAnswer);
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN || key === EVENT_SCOPE) return this.setValue(key, undefined);
    return new StepContext(this.span, this.scope, this.rest.deleteValue(key), this.onAnswer);
  }
}

function isStepContext(of: Context): of is StepContext {
  return (of as Partial<StepContext>).isOfGrantsOtel === true;
}

/** The active span of a context. */
export function spanOf(of: Context): Span | undefined {
  return isStepContext(of) ? of.span : trace.getSpan(of);
}

/** The scope of the event that `of` belongs to, or undefined outside of one. */
export function eventScopeOf(of: Context = activeContext()): EventScope | undefined {
  return isStepContext(of) ? of.scope : (of.getValue(EVENT_SCOPE) as EventScope | undefined);
}

/** A context like `from`, with another span and another scope. */
export function stepContext(
  from: Context,
  of: {
    readonly span: Span | undefined;
    readonly scope: EventScope | undefined;
    readonly onAnswer?: OnAnswer | undefined;
  },
): StepContext {
  return new StepContext(of.span, of.scope, isStepContext(from) ? from.rest : from, of.onAnswer);
}

/** Whether no step of that name was made in this very context before, of those that are made once; notes that one is. Always, outside of a step. */
export function isFirstIn(of: Context, name: string): boolean {
  if (!isStepContext(of)) return true;
  if (of.madeOnce?.includes(name)) return false;
  of.madeOnce ??= [];
  of.madeOnce.push(name);
  return true;
}

/** Who hears the answers of the statements directly below the step of a context. */
export function onAnswerOf(of: Context): OnAnswer | undefined {
  return isStepContext(of) ? of.onAnswer : undefined;
}
