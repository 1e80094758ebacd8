import { matches } from '../span-filter.js';
import type { TraceSource } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';
import { createJaegerSearch } from './jaeger-search.js';
import { searchWindows } from './jaeger-windows.js';

/** The clock of an indexer may be ahead of ours by this much. */
const CLOCK_SKEW_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 30_000;

export interface JaegerSourceOptions {
  readonly address: JaegerAddress;
  /** Longest wait for one answer, in ms; default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * A Jaeger, whichever of its versions and stores. Stores disagree on what a trace has to match, so they are asked for little, and every
 * span that comes back is looked at again.
 */
export function createJaegerSource({
  address,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: JaegerSourceOptions): TraceSource {
  const search = createJaegerSearch({ address, timeoutMs });
  return {
    kind: 'jaeger',
    label: address.baseUrl,
    traceUrl: (traceId) => `${address.baseUrl}/trace/${traceId}`,
    async *read({ sinceUnixMs = 0, serviceName = '', filter, onNote }) {
      const query = {
        serviceName,
        attributes: filter.slow ? { slow: 'true' } : {},
        fromUnixMs: Math.max(0, Math.floor(sinceUnixMs)),
        toUnixMs: Date.now() + CLOCK_SKEW_MS,
      };
      const note = (line: string): void => onNote(`${address.baseUrl}: ${line}`);
      for await (const spans of searchWindows({ search, query, onNote: note })) {
        const wanted = spans.filter(
          (span) =>
            span.startUnixMs >= sinceUnixMs && span.serviceName === serviceName && matches(span, filter),
        );
        if (wanted.length > 0) yield wanted;
      }
    },
  };
}
