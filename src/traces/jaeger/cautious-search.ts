import { SourceError } from '../trace-source.js';
import type { TraceQuery } from './jaeger-dialects.js';
import type { Arrived, Jaeger } from './jaeger-search.js';
import type { Planned } from './window-plan.js';

const LEAST_TRACES = 10;

/** What is asked of every window alike. */
export type Conditions = Pick<TraceQuery, 'serviceName' | 'attributes' | 'minDurationMs'>;

/** An answer, and what was asked in the end. */
export interface Searched {
  readonly window: Planned;
  readonly query: TraceQuery;
  readonly arrived: Arrived;
}

export interface CautiousSearchOptions {
  readonly jaeger: Pick<Jaeger, 'search'>;
  readonly conditions: Conditions;
  readonly signal: AbortSignal;
}

/** The memory store refuses to look for more traces than it may hold. */
function wantsFewerTraces({ message }: SourceError): boolean {
  return /search depth/i.test(message);
}

/**
 * Searches windows of time with as large a limit, and as many conditions, as the store allows: where it refuses, the searches from then on
 * ask for less. What is not asked has to be looked for in the answer.
 */
export function createCautiousSearch({ jaeger, conditions, signal }: CautiousSearchOptions) {
  let allowedTraces = Number.POSITIVE_INFINITY;
  /** As many as it has looked for before. */
  let answeredTraces = 0;
  let asked = conditions;

  /** True where the question was made smaller, and is worth asking again. */
  const askLess = (query: TraceQuery, error: SourceError): boolean => {
    if (query.minDurationMs !== undefined) {
      asked = { ...asked, minDurationMs: undefined };
      return true;
    }
    if (!wantsFewerTraces(error) || query.maxTraces <= Math.max(LEAST_TRACES, answeredTraces)) return false;
    allowedTraces = Math.max(LEAST_TRACES, answeredTraces, Math.floor(query.maxTraces / 3));
    return true;
  };

  /** Whole ms, and one more at both ends: to some stores they do not belong to the window. */
  return async (window: Planned, maxTraces: number): Promise<Searched> => {
    for (;;) {
      const query: TraceQuery = {
        ...asked,
        fromUnixMs: Math.max(0, window.fromUnixMs - 1),
        toUnixMs: window.toUnixMs + 1,
        maxTraces: Math.min(maxTraces, allowedTraces),
      };
      try {
        const arrived = await jaeger.search(query, signal);
        answeredTraces = Math.max(answeredTraces, query.maxTraces);
        return { window, query, arrived };
      } catch (error) {
        if (!(error instanceof SourceError) || error.code !== 'REFUSED') throw error;
        if (!askLess(query, error)) throw error;
      }
    }
  };
}
