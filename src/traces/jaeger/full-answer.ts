import { SourceError } from '../trace-source.js';
import { createAnswerExtent } from './answer-limits.js';
import type { TraceQuery } from './jaeger-dialects.js';
import { AnswerTooLarge } from './jaeger-faults.js';
import type { Jaeger } from './jaeger-search.js';

/** Whether an answer with as many traces as were asked for was all there is. */
export type Rest = 'none' | 'some' | 'unknown';

/**
 * Asks again for one trace more than an answer had room for: whether it comes tells whether the answer was cut. Its spans are not taken.
 * @throws SourceError as the search does, unless the store refuses to look for so many.
 */
export async function lookForRest(
  jaeger: Pick<Jaeger, 'search'>,
  query: TraceQuery,
  signal: AbortSignal,
): Promise<Rest> {
  const larger = { ...query, maxTraces: query.maxTraces + 1 };
  const measured = createAnswerExtent(larger);
  try {
    const arrived = await jaeger.search(larger, signal);
    for (const { spans } of arrived.read()) measured.add(spans);
  } catch (error) {
    // More bytes than are taken show nothing of how many traces they are.
    if (error instanceof SourceError && (error.code === 'REFUSED' || error instanceof AnswerTooLarge))
      return 'unknown';
    throw error;
  }
  const { traceCount, isCut } = measured.result();
  if (traceCount > query.maxTraces) return 'some';
  return isCut ? 'unknown' : 'none';
}
