import { isSlow, type Span } from '../span.js';
import { SourceError } from '../trace-source.js';
import type { DialectAnswer, TraceQuery } from './jaeger-dialects.js';

/** Traces in one answer: what Jaeger's own form allows at most is 1500. */
const MAX_TRACES = 1000;
const LEAST_TRACES = 10;
/** Searches of one question: a server that takes no notice of the times asked for must not be asked for ever. */
const MAX_SEARCHES = 500;
/** Cassandra reads this many times the limit of indexed spans, then looks which traces they belong to. */
const SPANS_READ_PER_TRACE = 3;

export interface WindowsOptions {
  readonly search: (query: TraceQuery) => Promise<DialectAnswer>;
  readonly query: Omit<TraceQuery, 'maxTraces'>;
  /** Told of what could not be had, one line each. */
  readonly onNote: (line: string) => void;
}

interface Window {
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
}

/**
 * Whether the store may have had more to say of a window. A count of traces is not enough: a store may have stopped at a number of
 * matching spans, several to a trace. An answer with nothing of the window in it comes from a server that takes no notice of it.
 */
function isCut(spans: readonly Span[], { fromUnixMs, toUnixMs }: Window, maxTraces: number): boolean {
  const slow = spans.filter(isSlow);
  const traceCount = new Set(spans.map((span) => span.traceId)).size;
  const isFull = traceCount >= maxTraces || slow.length >= maxTraces * SPANS_READ_PER_TRACE;
  return isFull && slow.some(({ startUnixMs }) => startUnixMs >= fromUnixMs && startUnixMs <= toUnixMs);
}

/** The memory store refuses to look for more traces than it may hold. */
function wantsFewerTraces(error: unknown): boolean {
  return error instanceof SourceError && error.code === 'REFUSED' && /search depth/i.test(error.message);
}

/** What could not be had of a question's answers, for the lines at its end. */
interface Losses {
  faultCount: number;
  cutCount: number;
}

function noteLosses(
  { faultCount, cutCount }: Losses,
  maxTraces: number,
  onNote: (line: string) => void,
): void {
  if (cutCount > 0) {
    onNote(
      `${cutCount} times a single ms had more traces than Jaeger gives at once (${maxTraces}); the rest is left out`,
    );
  }
  if (faultCount > 0) onNote(`${faultCount} spans of the answer could not be read; skipped`);
}

/** Two halves of a window, or undefined where it cannot be halved. They share a boundary: a span may begin between two whole ms. */
function halve({ fromUnixMs, toUnixMs }: Window): [Window, Window] | undefined {
  if (toUnixMs - fromUnixMs <= 1) return undefined;
  const middle = Math.floor((fromUnixMs + toUnixMs) / 2);
  return [
    { fromUnixMs, toUnixMs: middle },
    { fromUnixMs: middle, toUnixMs },
  ];
}

/** Searches with the largest limit that the store allows: where it refuses one, the next search has less. */
function createCautiousSearch({ search, query }: WindowsOptions) {
  let maxTraces = MAX_TRACES;
  return async (window: Window): Promise<{ answer: DialectAnswer; maxTraces: number }> => {
    for (;;) {
      try {
        return { answer: await search({ ...query, ...window, maxTraces }), maxTraces };
      } catch (error) {
        if (!wantsFewerTraces(error) || maxTraces <= LEAST_TRACES) throw error;
        maxTraces = Math.max(LEAST_TRACES, Math.floor(maxTraces / 10));
      }
    }
  };
}

/**
 * Searches a span of time, newest first, in as many windows as it takes for none of the answers to be cut at the store's limit. Where
 * even that does not help, it says so. The same span may come several times.
 * @throws SourceError as the search does.
 */
export async function* searchWindows(options: WindowsOptions): AsyncGenerator<readonly Span[]> {
  const { query, onNote } = options;
  const search = createCautiousSearch(options);
  const windows: Window[] = [{ fromUnixMs: query.fromUnixMs, toUnixMs: query.toUnixMs }];
  const losses: Losses = { faultCount: 0, cutCount: 0 };
  let limit = MAX_TRACES;
  let searchCount = 0;
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    if (searchCount++ >= MAX_SEARCHES) {
      const before = new Date(window.toUnixMs).toISOString();
      onNote(`too many traces to fetch: those before ${before} are left out; ask for less (--since)`);
      break;
    }
    const { answer, maxTraces } = await search(window);
    limit = maxTraces;
    if (answer.error !== undefined) onNote(`Jaeger answered in part: ${answer.error}`);
    losses.faultCount += answer.faults.length;
    yield answer.spans;
    if (!isCut(answer.spans, window, maxTraces)) continue;
    const halves = halve(window);
    if (halves) windows.push(...halves);
    else losses.cutCount++;
  }
  noteLosses(losses, limit, onNote);
}
