import { setImmediate as turn } from 'node:timers/promises';
import type { Span } from '../span.js';
import { type AnswerExtent, createAnswerExtent } from './answer-limits.js';
import { type Conditions, createCautiousSearch, type Searched } from './cautious-search.js';
import { AnswerTooLarge } from './jaeger-faults.js';
import type { Jaeger } from './jaeger-search.js';
import { createSearchLosses } from './search-losses.js';
import { createWindowPlan, type Window } from './window-plan.js';

/** Traces in the first answer, which shows how dense they are, and in those that follow: Jaeger's own form allows 1500 at most. */
const FIRST_TRACES = 100;
const MAX_TRACES = 1000;
/** What an answer should have in it: enough to be worth asking, little enough to be held twice. */
const WANTED_TRACES = 500;
const WANTED_BYTES = 4 * 2 ** 20;
/** Of the spans at which a store may stop, as many as leave room for denser windows. */
const WANTED_SPANS_PER_TRACE = 1.5;
/** Searches of one question: a server that makes up an answer to everything must not be asked for ever. */
const MAX_SEARCHES = 5000;

/** Picks what is wanted out of one answer. */
export interface Selection {
  add(spans: readonly Span[]): void;
  result(): readonly Span[];
}

export interface WindowsOptions {
  readonly jaeger: Pick<Jaeger, 'search'>;
  readonly conditions: Conditions;
  readonly whole: Window;
  readonly createSelection: () => Selection;
  /** Told of what could not be had, one line each. */
  readonly onNote: (line: string) => void;
  /** Told how many traces came so far. */
  readonly onTraces: (traceCount: number) => void;
}

/** An answer to one window; undefined where it was too large to be taken. */
type Page = Searched | { readonly window: Window; readonly arrived: undefined };

/** How full an answer is, 1 being as full as is wanted. */
function fullnessOf({ query, arrived }: Searched, extent: AnswerExtent, countsSpans: boolean): number {
  return Math.max(
    arrived.byteCount / WANTED_BYTES,
    extent.traceCount / Math.min(WANTED_TRACES, query.maxTraces / 2),
    countsSpans ? extent.foundBy.length / (query.maxTraces * WANTED_SPANS_PER_TRACE) : 0,
  );
}

/** Where the part of a cut answer begins that would fit into one: its spans, as they lie in time, tell how dense the traces are. */
function fittingPart({ foundBy }: AnswerExtent, fullness: number): { from: number; to: number } {
  const newest = foundBy[0] ?? 0;
  const middle = foundBy[Math.floor(foundBy.length / 2)] ?? newest;
  return { from: newest - ((newest - middle) * 2) / Math.max(fullness, 0.1), to: newest };
}

/**
 * Searches a span of time, newest first, in as many windows as it takes for none of the answers to be cut at the store's limits. Where
 * even that does not help, it says so. While an answer is read, the next one is on its way. The same span may come several times.
 * @throws SourceError as the search does.
 */
export async function* searchWindows(options: WindowsOptions): AsyncGenerator<readonly Span[]> {
  const { jaeger, conditions, whole, createSelection, onTraces } = options;
  const leaving = new AbortController();
  const search = createCautiousSearch({ jaeger, conditions, signal: leaving.signal });
  const plan = createWindowPlan(whole);
  const losses = createSearchLosses(options.onNote);
  let maxTraces = FIRST_TRACES;
  let searchCount = 0;
  let traceCount = 0;
  let countsSpans = false;
  let isSteady = false;

  const fetchNext = (): Promise<Page> | undefined => {
    if (searchCount >= MAX_SEARCHES) return undefined;
    const window = plan.next();
    if (window === undefined) return undefined;
    searchCount++;
    const page = search(window, maxTraces).catch((error: unknown): Page => {
      if (error instanceof AnswerTooLarge) return { window, arrived: undefined };
      throw error;
    });
    // It is waited for only after the answer before it was read.
    page.catch(() => {});
    return page;
  };

  /** Takes an answer into account, and gives what is wanted of it. */
  const take = (page: Searched): readonly Span[] => {
    const measured = createAnswerExtent(page.query);
    const selection = createSelection();
    for (const part of page.arrived.read()) {
      losses.add(part);
      measured.add(part.spans);
      selection.add(part.spans);
    }
    const extent = measured.result();
    countsSpans ||= extent.isCutBySpans;
    const fullness = fullnessOf(page, extent, countsSpans);
    isSteady = !extent.isCut;
    if (extent.isAstray) {
      plan.isDone(page.window, 0);
      if (extent.isCut) losses.addAstray();
    } else if (!extent.isCut) plan.isDone(page.window, fullness);
    else if (extent.foundBy.length > 0) {
      const { from, to } = fittingPart(extent, fullness);
      if (!plan.isCut(page.window, from, to)) losses.addCut(page.query.maxTraces);
    }
    if (!extent.isCut) traceCount += extent.traceCount;
    onTraces(traceCount);
    maxTraces = MAX_TRACES;
    return selection.result();
  };

  try {
    for (let fetching = fetchNext(); fetching !== undefined; ) {
      const page = await fetching;
      fetching = isSteady ? fetchNext() : undefined;
      // The request has to be on its way before this thread is busy with the answer.
      if (fetching !== undefined) await turn();
      if (page.arrived === undefined) {
        if (!plan.isCut(page.window, page.window.fromUnixMs, page.window.toUnixMs)) losses.addTooLarge();
      } else yield take(page);
      fetching ??= fetchNext();
    }
    losses.addUnsearched(plan.remaining());
  } finally {
    leaving.abort();
    losses.tell();
  }
}
