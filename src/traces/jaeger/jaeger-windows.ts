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

/**
 * Searches a span of time, newest first, in as many windows as it takes for none of the answers to be cut at the store's limit. Where
 * even that does not help, it says so. The same span may come several times.
 * @throws SourceError as the search does.
 */
export async function* searchWindows({
  search,
  query,
  onNote,
}: WindowsOptions): AsyncGenerator<readonly Span[]> {
  const windows: Window[] = [{ fromUnixMs: query.fromUnixMs, toUnixMs: query.toUnixMs }];
  let maxTraces = MAX_TRACES;
  let searchCount = 0;
  let faultCount = 0;
  let cutCount = 0;
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    if (searchCount++ >= MAX_SEARCHES) {
      onNote(
        `too many traces to fetch: everything before ${isoOf(window.toUnixMs)} is left out; ask for less (--since)`,
      );
      break;
    }
    let answer: DialectAnswer;
    try {
      answer = await search({ ...query, ...window, maxTraces });
    } catch (error) {
      if (!wantsFewerTraces(error) || maxTraces <= LEAST_TRACES) throw error;
      maxTraces = Math.max(LEAST_TRACES, Math.floor(maxTraces / 10));
      windows.push(window);
      continue;
    }
    if (answer.error !== undefined) onNote(`Jaeger answered in part: ${answer.error}`);
    faultCount += answer.faults.length;
    yield answer.spans;
    if (!isCut(answer.spans, window, maxTraces)) continue;
    const { fromUnixMs, toUnixMs } = window;
    if (toUnixMs - fromUnixMs <= 1) {
      cutCount++;
      continue;
    }
    // The halves share their boundary: a span may begin between two whole milliseconds.
    const middle = Math.floor((fromUnixMs + toUnixMs) / 2);
    windows.push({ fromUnixMs, toUnixMs: middle }, { fromUnixMs: middle, toUnixMs });
  }
  if (cutCount > 0)
    onNote(
      `${cutCount} single ms had more traces than Jaeger gives at once (${maxTraces}); the rest of them is left out`,
    );
  if (faultCount > 0) onNote(`${faultCount} spans of Jaeger's answer could not be read; skipped`);
}

function isoOf(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
