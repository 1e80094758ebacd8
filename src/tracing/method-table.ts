import type { TraceAttributes } from './attributes.js';
import type { TracedEvent } from './trace-event.js';

/** A call of a method in a table, as the functions of its row see it. They only look: what they are given is the application's own. */
export interface MethodCall {
  // biome-ignore lint/suspicious/noExplicitAny: only who writes the row knows what the method is given.
  readonly args: any[];
  /** The `this` of the call. */
  readonly self: unknown;
  /** What a function of a `field` is called there. */
  readonly key?: string;
}

/** What a call tells: attributes of its own span, and attributes of the event that it belongs to (see `setEventAttributes`). */
export interface Told {
  readonly step?: TraceAttributes | undefined;
  readonly event?: TraceAttributes | undefined;
}

/** Where a row finds what it wraps: a function in a file that the application loads by `import` or `require`. */
interface Place {
  /** The end of the file's real path, from a `/` on: `/data-flow/dist/src/orchestrator.js`. Name the file that defines it, no barrel. */
  readonly file: string;
  /** The name of the exported class or function; `default` for that one, and for what CommonJS exports as a whole. */
  readonly export: string;
  /** The class's method. Without it, and without `field`, the export is a function that is wrapped itself. */
  readonly method?: string;
  /**
   * A field of the class's instances: a function, or an object of functions by name, all of which are wrapped. They are when `method` is
   * first called on an instance; without `method`, when one is made by the export, for which something else stands in then: to those who compare
   * classes, or keep things by them, it is another one.
   */
  readonly field?: string;
}

/** A method, so that the call can be typed as what it is known to be, as that of the functions below. */
interface NameOfStep {
  of(call: MethodCall): string | undefined;
}

/** A step: a child span of what is being traced. Outside of that, and directly below a step of the same name, the call is left alone. */
export interface StepRow extends Place {
  readonly as?: 'step';
  /** Low in cardinality; where it is undefined the call is left alone. */
  readonly name: string | NameOfStep['of'];
  /** Told before the call. */
  before?(call: MethodCall): Told | undefined;
  /** Told when the call is through, if it did not fail; of a promise, what it resolved to. */
  // biome-ignore lint/suspicious/noExplicitAny: only who writes the row knows what comes back.
  after?(result: any, call: MethodCall): Told | undefined;
  /** Of several calls below one span only the first makes a span, and those that throw. For functions that take next to no time. */
  readonly once?: boolean;
  /** It may begin a trace of its own. */
  readonly isRoot?: boolean;
  /** Nothing below it makes spans, its statements neither: hundreds of one kind that nobody reads one by one. */
  readonly isLeaf?: boolean;
  /**
   * Attributes that the statements of this step answer, by the names of their columns, where such an answer is one row. That of the first
   * statement that has one counts; no statement is added for it.
   */
  readonly columns?: Readonly<Record<string, keyof TraceAttributes>>;
}

/** The boundary of one event: its trace begins and ends with the call. */
export interface EventRow extends Place {
  readonly as: 'event';
  /**
   * The event; undefined, and the call is left alone. Without this function it is what a `next` row handed out: the one that is an argument of the
   * call, or the only one of the same turn.
   */
  event?(call: MethodCall): TracedEvent | undefined;
  /** Which argument is the function that the method calls for each attempt: from the second on, each is told on the event span. */
  readonly attempt?: number;
}

/** A method that hands out events, which an event row without `event` is for. It makes no span. */
export interface NextRow extends Place {
  readonly as: 'next';
  // biome-ignore lint/suspicious/noExplicitAny: only who writes the row knows what comes back.
  event(result: any): TracedEvent | undefined;
}

/** A method that fetches events: a trace of its own, to which the events that it returned are linked. Nothing fetched, no trace. */
export interface BatchRow extends Place {
  readonly as: 'batch';
  readonly name: string;
  before?(call: MethodCall): Told | undefined;
  /** The events as they will be handled, the same objects; by default the result, if it is an array. */
  // biome-ignore lint/suspicious/noExplicitAny: only who writes the row knows what comes back.
  events?(result: any): readonly unknown[];
}

export type MethodRow = StepRow | EventRow | NextRow | BatchRow;

/** What to trace in classes that one cannot change: the default export of the module that `GRANTS_OTEL_METHODS` names. */
export type MethodTable = readonly MethodRow[];
