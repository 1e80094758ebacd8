import {
  type Context,
  diag,
  isSpanContextValid,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
} from '@opentelemetry/api';
import { activeContext } from './active-context.js';
import { type TraceAttributes, toSpanAttributes } from './attributes.js';
import { describeError } from './describe-error.js';
import { type EventScope, learnIds } from './event-scope.js';
import { expectFunction, kindOf } from './expect-function.js';
import { sayRefused } from './refused-attributes.js';
import { runInSpan } from './run-in-span.js';
import { eventScopeOf, stepContext } from './step-context.js';
import { startSpan } from './tracer.js';

/** An event of a contract, as far as it is known before it is handled. */
export interface TracedEvent extends TraceAttributes {
  readonly chainId: number | bigint;
  readonly contractName: string;
  readonly eventName: string;
  /** Time of the block in milliseconds since 1970; `blockAgeMs` is told from it. */
  readonly blockTimestampMs?: number | undefined;
  /** The step that fetched the event: its trace is linked from the event's. */
  readonly fetchedBy?: Link | undefined;
}

/** What an event tells besides its attributes. */
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['blockTimestampMs', 'fetchedBy']);

type Fault = 'names' | 'block time' | 'link' | 'event';

const said = new Set<Fault>();

/** Once: an application that tells one event wrong tells the next one wrong as well. */
function sayOnce(of: Fault, line: string): void {
  if (said.has(of)) return;
  said.add(of);
  try {
    diag.error(line);
  } catch {
    // A logger of the host's.
  }
}

function found(value: unknown): string {
  return value === '' ? 'an empty one' : kindOf(value);
}

function sayUnnamed({ contractName, eventName }: TracedEvent): void {
  sayOnce(
    'names',
    `expected an event's contractName and eventName to be texts, found ${found(contractName)} and ${found(eventName)}; such events are named by what there is`,
  );
}

function sayNoLink(found: unknown): void {
  sayOnce(
    'link',
    `expected an event's fetchedBy to be a link, as the \`link\` of a step is, found ${kindOf(found)}; such events are not linked`,
  );
}

function sayUnread(event: unknown, error: unknown): void {
  const isEvent = typeof event === 'object' && event !== null;
  sayOnce(
    'event',
    isEvent
      ? `an event cannot be read, so it is not traced: ${describeError(error).message}`
      : `expected an event to be an object with chainId, contractName and eventName, found ${kindOf(event)}; it is not traced`,
  );
}

/** From March 1973, when there was no chain, to the year 5138: seconds since 1970 are less, microseconds are more. */
const LEAST_BLOCK_TIME_MS = 1e11;
const MOST_BLOCK_TIME_MS = 1e14;

function foundAsTime(value: unknown): string {
  if (typeof value !== 'number') return kindOf(value);
  if (!Number.isFinite(value)) return 'a number that is none';
  return value < LEAST_BLOCK_TIME_MS ? 'one as small as seconds are' : 'one as large as microseconds are';
}

/** How old the block of an event is; undefined where its time is not known. */
function blockAgeMs(blockTimestampMs: unknown, nowMs: number): number | undefined {
  if (blockTimestampMs === undefined || blockTimestampMs === null) return undefined;
  const isTime =
    typeof blockTimestampMs === 'number' &&
    blockTimestampMs >= LEAST_BLOCK_TIME_MS &&
    blockTimestampMs < MOST_BLOCK_TIME_MS;
  if (isTime) return Math.round(nowMs - blockTimestampMs);
  const refusal = {
    expected: 'a number of milliseconds since 1970',
    found: foundAsTime(blockTimestampMs),
  };
  sayRefused('blockTimestampMs', refusal);
  sayOnce(
    'block time',
    `expected an event's blockTimestampMs to be ${refusal.expected}, found ${refusal.found}; blockAgeMs is not told of such events`,
  );
  return undefined;
}

function nameParts({ contractName, eventName }: TracedEvent): string[] {
  return [contractName, eventName].filter((part) => typeof part === 'string' && part !== '');
}

/** Starts the span of an event. Undefined where not even its name can be read; attributes that cannot be are left out. */
function startEvent(
  event: TracedEvent,
  link: Link | undefined,
  parent: Context,
): { span: Span; of: Context } | undefined {
  try {
    const { blockTimestampMs } = event;
    const fetchedBy = event.fetchedBy ?? link;
    const startedAtMs = Date.now();
    const scope: EventScope = { span: undefined, ids: {} };
    const options: SpanOptions = { root: true, kind: SpanKind.CONSUMER };
    if (isLink(fetchedBy)) options.links = [fetchedBy];
    else if (!hasContext(fetchedBy)) sayNoLink(fetchedBy);
    const parts = nameParts(event);
    const span = startSpan(
      parts.join('.') || 'event',
      options,
      stepContext(parent, { span: undefined, scope }),
    );
    scope.span = span;
    if (span.isRecording()) {
      if (parts.length < 2) sayUnnamed(event);
      const known = toSpanAttributes(event, NOT_ATTRIBUTES);
      Object.assign(known, toSpanAttributes({ blockAgeMs: blockAgeMs(blockTimestampMs, startedAtMs) }));
      learnIds(scope, known);
      span.setAttributes(known);
    }
    return { span, of: stepContext(parent, { span, scope }) };
  } catch (error) {
    sayUnread(event, error);
    return undefined;
  }
}

/** As the link of a step that was not recorded has, or none was given. */
function hasContext(link: unknown): boolean {
  if (link === undefined || link === null) return true;
  return typeof (link as { context?: { traceId?: unknown } }).context?.traceId === 'string';
}

function isLink(link: unknown): link is Link {
  const { context: of } = (link ?? {}) as { context?: SpanContext };
  return of !== undefined && of !== null && isSpanContextValid(of);
}

/**
 * Handles one event as a trace of its own: a root span `<contractName>.<eventName>` of kind CONSUMER, under which every `traceStep`, SQL
 * statement and `setEventAttributes` inside `handle` finds its place; a line says so where one of the names is missing. What `handle` returns or throws is passed on (see `runInSpan`); a
 * failure sets the span's status and `error.type`. With no SDK registered, and for an event that cannot be read, this only calls `handle`.
 *
 * @throws TypeError where `handle` is no function.
 */
export function traceEvent<T>(event: TracedEvent, handle: () => T): T {
  expectFunction(handle, traceEvent);
  return traceFetchedEvent(event, undefined, handle);
}

/** `traceEvent` of an event that came with `link`, where it does not tell itself who fetched it. */
export function traceFetchedEvent<T>(event: TracedEvent, link: Link | undefined, handle: () => T): T {
  const started = startEvent(event, link, activeContext());
  return started ? runInSpan(started.span, started.of, { run: () => handle() }) : handle();
}

/**
 * Tells the event being handled what has become known of it: `setEventAttributes({ roundId })` in a look-up puts the id on the event span
 * at once, and on every other span of its trace by the time that is exported. Outside of an event it does nothing.
 */
export function setEventAttributes(attributes: TraceAttributes): void {
  const scope = eventScopeOf();
  if (!scope?.span?.isRecording()) return;
  const known = toSpanAttributes(attributes);
  // In this order: what was left for later, on the span, is learned before this.
  scope.span.setAttributes(known);
  learnIds(scope, known);
}
