import type { Span } from '@opentelemetry/api';
import type { TracedEvent } from '../../src/tracing/trace-event.js';
import type { Step } from '../../src/tracing/trace-step.js';

/** What a method handed out, to be handled. */
export interface HandedOut {
  /** Undefined of what is no event to the row of that method. */
  readonly event: TracedEvent | undefined;
  readonly link: Step['link'] | undefined;
  /** That of its trace, once one has begun. */
  span?: Span | undefined;
}

/** By the very object: it may be handled later, beside others, or once more. */
const byObject = new WeakMap<object, HandedOut>();

/** What was handed out since something runs without a break, and is not taken yet. */
let waiting: HandedOut[] = [];

/** What is done `then` is done as soon as nothing runs, at less cost than what `queueMicrotask` is given. */
const TURN = Promise.resolve();

function forgetWaiting(): void {
  waiting = [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Remembers what a method hands out. */
export function handOut(what: unknown, handedOut: HandedOut): void {
  if (isObject(what)) byObject.set(what, handedOut);
  if (waiting.push(handedOut) === 1) void TURN.then(forgetWaiting);
}

/**
 * Takes what a call handles: what is among its arguments, or else what was handed out in the same turn. Undefined for nothing; `under way` where
 * its trace has begun and is not over; `several` where it may be any of them.
 */
export function takeHandedOut(args: readonly unknown[]): HandedOut | 'under way' | 'several' | undefined {
  for (const arg of args) {
    const given = isObject(arg) ? byObject.get(arg) : undefined;
    if (!given) continue;
    waiting = waiting.filter((one) => one !== given);
    return given.span?.isRecording() ? 'under way' : given;
  }
  if (waiting.length > 1) return 'several';
  return waiting.pop();
}
