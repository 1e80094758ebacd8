import { eventScopeOf } from '../../src/tracing/step-context.js';
import type { TracedEvent } from '../../src/tracing/trace-event.js';
import type { Step } from '../../src/tracing/trace-step.js';

/** What a method handed out, to be handled. */
export interface HandedOut {
  readonly what: unknown;
  /** Undefined of what is no event to the row of that method. */
  readonly event: TracedEvent | undefined;
  readonly link: Step['link'] | undefined;
  isHandled?: true;
}

/** By the very object: it may be handled later, beside others, or once more. */
const byObject = new WeakMap<object, HandedOut>();

/** What was handed out since something runs without a break, and is not taken yet: one that is handed through several methods is there once. */
const waiting = new Map<unknown, HandedOut>();

/** What is done `then` is done as soon as nothing runs, at less cost than what `queueMicrotask` is given. */
const TURN = Promise.resolve();

function forgetWaiting(): void {
  waiting.clear();
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Remembers what a method hands out. What it hands out after that without being an event, or nothing, is what is handled next. */
export function handOut(handedOut: HandedOut): void {
  const { what, event } = handedOut;
  if (isObject(what)) byObject.set(what, handedOut);
  if (event === undefined) {
    waiting.clear();
    return;
  }
  if (waiting.size === 0) void TURN.then(forgetWaiting);
  waiting.set(what, handedOut);
}

/** Notes that what was handed out is handled, to be called within its event. */
export function noteHandled(handedOut: HandedOut): void {
  handedOut.isHandled = true;
  const scope = eventScopeOf();
  if (scope) scope.of = handedOut.what;
}

function isUnderWay({ what }: HandedOut): boolean {
  const scope = eventScopeOf();
  return (scope?.event ?? scope)?.of === what;
}

/** What is among the arguments of a call: rather what waits than what does not, and what was not handled yet than what was. */
function givenBy(args: readonly unknown[]): HandedOut | undefined {
  let found: HandedOut | undefined;
  for (const arg of args) {
    const waits = waiting.get(arg);
    if (waits) return waits;
    const known = isObject(arg) ? byObject.get(arg) : undefined;
    if (known && (!found || (found.isHandled && !known.isHandled))) found = known;
  }
  return found;
}

/**
 * Takes what a call handles: what is among its arguments, or else what was handed out in the same turn. Undefined for nothing; `under way` where
 * it is called within the trace of the same; `several` where it may be any of them.
 */
export function takeHandedOut(args: readonly unknown[]): HandedOut | 'under way' | 'several' | undefined {
  const given = givenBy(args);
  if (!given && waiting.size > 1) return 'several';
  const [only] = given ? [given] : waiting.values();
  if (!only) return undefined;
  waiting.delete(only.what);
  return given && isUnderWay(given) ? 'under way' : only;
}
