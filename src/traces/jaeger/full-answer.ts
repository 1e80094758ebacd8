import { SourceError } from '../trace-source.js';
import { createAnswerExtent } from './answer-limits.js';
import type { TraceQuery } from './jaeger-dialects.js';
import { AnswerTooLarge } from './jaeger-faults.js';
import type { Jaeger } from './jaeger-search.js';
import type { Window } from './window-plan.js';

/** What there may be beside an answer with as many traces as were asked for. */
export interface Rest {
  /** Whether the answer may not be all there is. */
  readonly mayBeMore: boolean;
  /** Traces of the window itself that the store is known to have; they may have come in the answer, or in another. */
  readonly traceIds: readonly string[];
}

/** Nothing is known of what else there is. */
export const UNKNOWN_REST: Rest = { mayBeMore: true, traceIds: [] };

interface FullAnswer {
  /** What was asked for: the window, and a margin at both ends. */
  readonly query: TraceQuery;
  readonly window: Window;
}

/**
 * Asks again for one trace more than an answer had room for: whether it comes tells whether the answer was cut. Its spans are not taken.
 * @throws SourceError as the search does, unless the store refuses to look for so many.
 */
export async function lookForRest(
  jaeger: Pick<Jaeger, 'search'>,
  { query, window }: FullAnswer,
  signal: AbortSignal,
): Promise<Rest> {
  const larger = { ...query, maxTraces: query.maxTraces + 1 };
  const measured = createAnswerExtent(larger);
  const traceIds = new Set<string>();
  try {
    const arrived = await jaeger.search(larger, signal);
    for (const { spans } of arrived.read()) {
      measured.add(spans);
      for (const { traceId, startUnixMs } of spans)
        if (startUnixMs >= window.fromUnixMs && startUnixMs < window.toUnixMs) traceIds.add(traceId);
    }
  } catch (error) {
    // More bytes than are taken show nothing of how many traces they are.
    if (error instanceof SourceError && (error.code === 'REFUSED' || error instanceof AnswerTooLarge))
      return UNKNOWN_REST;
    throw error;
  }
  const { traceCount, isCut } = measured.result();
  return { mayBeMore: isCut || traceCount > query.maxTraces, traceIds: [...traceIds] };
}
