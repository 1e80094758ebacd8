import { setImmediate as turn } from 'node:timers/promises';
import type { Span } from '../span.js';
import { type AnswerExtent, createAnswerExtent } from './answer-limits.js';
import { type Conditions, createCautiousSearch, type Searched } from './cautious-search.js';
import { lookForRest, UNKNOWN_REST } from './full-answer.js';
import { AnswerTooLarge } from './jaeger-faults.js';
import type { Jaeger } from './jaeger-search.js';
import { createSearchLosses, type Told } from './search-losses.js';
import { createWindowPlan, type Planned, type Window } from './window-plan.js';

/** Traces in the first answer, which shows how dense they are. */
const FIRST_TRACES = 100;
/** Most traces in the others. They are not meant to have so many: where one has, it may be cut. */
const MAX_TRACES = 3000;
/** What an answer should have in it: enough to be worth asking, little enough to be held twice, and room for windows that are denser. */
const WANTED_BYTES = 4 * 2 ** 20;
const WANTED_SHARE_OF_TRACES = 1 / 3;
/** Cassandra stops at three spans for each trace that it may find. */
const WANTED_SPANS_PER_TRACE = 1.5;
/** Searches of one question: a server that makes up an answer to everything must not be asked for ever. */
const MAX_SEARCHES = 5000;

/** Picks what is wanted out of one answer. */
export interface Selection {
  add(spans: readonly Span[]): void;
  result(): readonly Span[];
}

export interface WindowsOptions extends Told {
  readonly jaeger: Pick<Jaeger, 'search'>;
  readonly conditions: Conditions;
  readonly whole: Window;
  readonly createSelection: () => Selection;
  /** Told how many traces came so far. */
  readonly onTraces: (traceCount: number) => void;
}

/** An answer to one window; undefined where it was too large to be taken. */
type Page = Searched | { readonly window: Planned; readonly arrived: undefined };

/** How full an answer is, 1 being as full as is wanted. */
function fullnessOf(byteCount: number, extent: AnswerExtent, maxTraces: number): number {
  return Math.max(
    byteCount / WANTED_BYTES,
    extent.traceCount / (maxTraces * WANTED_SHARE_OF_TRACES),
    extent.foundBy.length / (maxTraces * WANTED_SPANS_PER_TRACE),
  );
}

/** Where the part of a cut answer begins that would fit into one: its spans, as they lie in time, tell how dense the traces are. */
function fittingPart({ foundBy }: AnswerExtent, fullness: number): { from: number; to: number } {
  const newest = foundBy[0] ?? 0;
  const middle = foundBy[Math.floor(foundBy.length / 2)] ?? newest;
  return { from: newest - ((newest - middle) * 2) / Math.max(fullness, 0.1), to: newest };
}

/** An answer to a window that cannot be divided, with as many traces as one answer holds, or what seems so. */
interface Doubt extends Pick<Searched, 'query' | 'window'> {
  /** The ms that most of it lies in. */
  readonly unixMs: number;
  /** Whether it was the number of traces that was reached. */
  readonly isByTraces: boolean;
}

function doubtOf({ query, window }: Searched, { foundBy, traceCount }: AnswerExtent): Doubt {
  const unixMs = Math.floor(foundBy[Math.floor(foundBy.length / 2)] ?? query.fromUnixMs);
  return { query, window, unixMs, isByTraces: traceCount >= query.maxTraces };
}

/** Takes one answer after the other into account: what is wanted of it, and what it means for the windows to come. */
function createReader({ createSelection, onTraces, onNote, onLoss, whole }: WindowsOptions) {
  const plan = createWindowPlan(whole);
  const losses = createSearchLosses({ onNote, onLoss });
  let maxTraces = FIRST_TRACES;
  let traceCount = 0;
  let isSteady = false;
  let isFirst = true;
  let doubt: Doubt | undefined;

  /** A window that cannot be divided was cut; the first one was asked for less than a store may give. */
  const addUndivided = (page: Searched, extent: AnswerExtent): void => {
    if (isFirst && page.query.maxTraces >= FIRST_TRACES) plan.again(page.window);
    else doubt = doubtOf(page, extent);
  };

  const learn = (page: Searched, extent: AnswerExtent): void => {
    const { window, query, arrived } = page;
    maxTraces = query.maxTraces < maxTraces ? query.maxTraces : MAX_TRACES;
    isSteady = !extent.isCut;
    const fullness = fullnessOf(arrived.byteCount, extent, maxTraces);
    if (extent.isAstray) {
      plan.isDone(window, 0);
      if (extent.isCut) losses.addAstray();
    } else if (!extent.isCut) plan.isDone(window, fullness);
    else if (extent.foundBy.length > 0) {
      const { from, to } = fittingPart(extent, fullness);
      if (!plan.isCut(window, from, to)) addUndivided(page, extent);
    }
    isFirst = false;
  };

  return {
    plan,
    losses,
    maxTraces: () => maxTraces,
    /** Of the answer that was read last, what may not be all there is in a window that cannot be divided. */
    doubt: () => doubt,
    /** Whether the windows to come are likely to be right, so that the next can be asked for before this answer is read. */
    isSteady: () => isSteady,
    read(page: Searched): readonly Span[] {
      const measured = createAnswerExtent(page.query);
      const selection = createSelection();
      for (const part of page.arrived.read()) {
        losses.add(part);
        measured.add(part.spans);
        selection.add(part.spans);
      }
      const extent = measured.result();
      doubt = undefined;
      learn(page, extent);
      if (!extent.isCut) traceCount += extent.traceCount;
      onTraces(traceCount);
      return selection.result();
    },
    passOver({ window }: Page): void {
      if (!plan.isCut(window, window.fromUnixMs, window.toUnixMs)) losses.addTooLarge();
    },
  };
}

/**
 * Searches a span of time, newest first, in as many windows as it takes for none of the answers to be cut at the store's limits. Where
 * even that does not help, it says so. While an answer is read, the next one is on its way. The same span may come several times.
 * @throws SourceError as the search does.
 */
export async function* searchWindows(options: WindowsOptions): AsyncGenerator<readonly Span[]> {
  const { jaeger, conditions } = options;
  const leaving = new AbortController();
  const search = createCautiousSearch({ jaeger, conditions, signal: leaving.signal });
  const reader = createReader(options);
  let searchCount = 0;
  let isEnd = false;

  const settle = async (doubt: Doubt): Promise<void> => {
    searchCount++;
    const rest = doubt.isByTraces ? await lookForRest(jaeger, doubt, leaving.signal) : UNKNOWN_REST;
    reader.losses.addFull(doubt.unixMs, doubt.query.maxTraces, rest);
  };

  const fetchNext = (): Promise<Page> | undefined => {
    const window = searchCount < MAX_SEARCHES ? reader.plan.next() : undefined;
    if (window === undefined) return undefined;
    searchCount++;
    const page = search(window, reader.maxTraces()).catch((error: unknown): Page => {
      if (error instanceof AnswerTooLarge) return { window, arrived: undefined };
      throw error;
    });
    // It is waited for only after the answer before it was read.
    page.catch(() => {});
    return page;
  };

  try {
    for (let fetching = fetchNext(); fetching !== undefined; ) {
      const page = await fetching;
      fetching = reader.isSteady() ? fetchNext() : undefined;
      // The request has to be on its way before this thread is busy with the answer.
      if (fetching !== undefined) await turn();
      if (page.arrived === undefined) reader.passOver(page);
      else {
        yield reader.read(page);
        const doubt = reader.doubt();
        if (doubt !== undefined) await settle(doubt);
      }
      fetching ??= fetchNext();
    }
    reader.losses.addUnsearched(reader.plan.remaining());
    isEnd = true;
  } finally {
    leaving.abort();
    reader.losses.tell(isEnd);
  }
}
