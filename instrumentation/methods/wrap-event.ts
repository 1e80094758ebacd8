import { type Span, trace } from '@opentelemetry/api';
import { describeError } from '../../src/tracing/describe-error.js';
import { isPlainPromise } from '../../src/tracing/lazy-result.js';
import type { BatchRow, EventRow, MethodCall, NextRow } from '../../src/tracing/method-table.js';
import { runStep } from '../../src/tracing/run-step.js';
import { type TracedEvent, traceFetchedEvent } from '../../src/tracing/trace-event.js';
import type { Step } from '../../src/tracing/trace-step.js';
import { leaveOut } from '../left-out.js';
import type { Method } from '../wrap-method.js';
import { askEvent, askEvents, askTold, noteEvent, sayNoAttempt, saySeveral } from './guarded.js';
import { type HandedOut, handOut, noteHandled, takeHandedOut } from './handed-out.js';
import { passThrough, standIn, type Wrap } from './stand-in.js';

/** Which step fetched an event: by the event itself, so that batches can be fetched ahead, and for several chains at once. */
const fetchedBy = new WeakMap<object, Step['link']>();

interface Fetched {
  readonly event: TracedEvent;
  readonly link: Step['link'] | undefined;
  /** Where it was handed out. */
  readonly handedOut?: HandedOut;
}

function linkOf(candidates: readonly unknown[]): Step['link'] | undefined {
  for (const candidate of candidates) {
    const link = typeof candidate === 'object' && candidate !== null ? fetchedBy.get(candidate) : undefined;
    if (link) return link;
  }
  return undefined;
}

/** Remembers the event that a method hands out, for the event row whose method is given it, or is called in the same turn. */
export function wrapNext(row: NextRow, id: string): Wrap {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const result = Reflect.apply(original, this, args);
      const event = result === undefined ? undefined : askEvent(id, () => row.event(result as never));
      handOut({ what: result, event, link: linkOf([result]) });
      return result;
    };
}

/** The event that a call handles, as it was handed out before. */
function readHandedOut(id: string, args: readonly unknown[]): Fetched | undefined {
  const taken = takeHandedOut(args);
  if (taken === 'under way') return undefined;
  if (taken === 'several') saySeveral(id);
  const of = taken === 'several' ? undefined : taken;
  noteEvent(id, of?.event !== undefined);
  if (!of?.event) return undefined;
  return { event: of.event, link: of.link, handedOut: of };
}

/** The event of one call, by what its row reads from it, or as it was handed out before. */
function readFetched(row: EventRow, { id, call }: { id: string; call: MethodCall }): Fetched | undefined {
  if (!row.event) return readHandedOut(id, call.args);
  const event = askEvent(id, () => row.event?.(call));
  return event && { event, link: undefined };
}

/** Tells the event span of every attempt after the first one, with why the one before failed. */
function tellAttempts(attempt: Method, span: Span | undefined): Method {
  let attempts = 0;
  let failure: unknown;
  const failed = (error: unknown): never => {
    failure = error;
    throw error;
  };
  return standIn(function (this: unknown, ...args: unknown[]): unknown {
    attempts += 1;
    if (attempts > 1) {
      const { type, message } = describeError(failure);
      span?.addEvent('retry', { attempt: attempts, 'error.type': type, 'error.message': message });
    }
    try {
      const result = Reflect.apply(attempt, this, args);
      return isPlainPromise(result) ? result.catch(failed) : result;
    } catch (error) {
      return failed(error);
    }
  }, attempt);
}

/** Makes a trace of its own of each event. */
export function wrapEvent(row: EventRow, id: string): Wrap {
  return (original, key) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const call: MethodCall = { args, self: this, ...(key === undefined ? {} : { key }) };
      const fetched = readFetched(row, { id, call });
      if (!fetched) return passThrough(original, this, args);
      return traceFetchedEvent(fetched.event, fetched.link ?? linkOf(args), () => {
        const span = trace.getActiveSpan();
        if (fetched.handedOut) noteHandled(fetched.handedOut);
        const index = row.attempt;
        const attempt = index === undefined ? undefined : args[index];
        if (index === undefined) return Reflect.apply(original, this, args);
        if (typeof attempt !== 'function') {
          sayNoAttempt(id, index);
          return Reflect.apply(original, this, args);
        }
        const given = [...args];
        given[index] = tellAttempts(attempt as Method, span);
        return Reflect.apply(original, this, given);
      });
    };
}

function noteEvents(events: readonly unknown[], link: Step['link']): void {
  for (const event of events) if (typeof event === 'object' && event !== null) fetchedBy.set(event, link);
}

/** Makes a trace of its own of a method that fetches events; of one that found none nothing is exported. */
export function wrapBatch(row: BatchRow, id: string): Wrap {
  return (original, key) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const { name } = row;
      if ((trace.getActiveSpan() as { name?: string } | undefined)?.name === name)
        return passThrough(original, this, args);
      const call: MethodCall = { args, self: this, ...(key === undefined ? {} : { key }) };
      return runStep({
        name,
        attributes: row.before && askTold(id, 'before', () => row.before?.(call))?.step,
        run: () => Reflect.apply(original, this, args),
        look: (value, span) => {
          const events = askEvents(id, value, row.events?.bind(row));
          if (!events) return;
          if (events.length === 0) leaveOut(span);
          noteEvents(events, { context: span.spanContext() });
        },
      });
    };
}
