import type { Span } from '../span.js';
import type { Jaeger } from './jaeger-search.js';
import { createSearchLosses, type Told } from './search-losses.js';
import type { Selection } from './search-windows.js';

/** Requests at once. */
const CONCURRENCY = 4;

export interface FetchTracesOptions extends Told {
  readonly jaeger: Pick<Jaeger, 'trace'>;
  readonly traceIds: readonly string[];
  readonly createSelection: () => Selection;
  /** Told how many traces were asked for so far. */
  readonly onTraces: (traceCount: number) => void;
}

/**
 * Fetches traces by their ids, a few at a time, in the order of the ids. One that is not there gives nothing.
 * @throws SourceError as the fetch of one does.
 */
export async function* fetchTraces(options: FetchTracesOptions): AsyncGenerator<readonly Span[]> {
  const { jaeger, createSelection, onTraces } = options;
  const traceIds = [...new Set(options.traceIds)];
  const leaving = new AbortController();
  const losses = createSearchLosses(options);
  const fetchOne = (traceId: string) => {
    const fetching = jaeger.trace(traceId, leaving.signal);
    // It is waited for only when its turn comes.
    fetching.catch(() => {});
    return fetching;
  };
  try {
    // The first one finds out how this Jaeger is spoken to.
    const under = traceIds.slice(0, 1).map(fetchOne);
    for (let at = 0, next = 1; at < traceIds.length; at++) {
      const arrived = await under.shift();
      while (next < traceIds.length && under.length < CONCURRENCY)
        under.push(fetchOne(traceIds[next++] ?? ''));
      if (arrived === undefined) continue;
      const selection = createSelection();
      for (const part of arrived.read()) {
        losses.add(part);
        selection.add(part.spans);
      }
      onTraces(at + 1);
      yield selection.result();
    }
  } finally {
    leaving.abort();
    losses.tell(true);
  }
}
