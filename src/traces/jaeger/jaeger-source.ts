import type { Span } from '../span.js';
import { SourceError, type SpanSearch, type TraceSource } from '../trace-source.js';
import { fetchTraces } from './fetch-traces.js';
import type { JaegerAddress } from './jaeger-address.js';
import { createJaeger, type Jaeger } from './jaeger-search.js';
import { searchWindows } from './search-windows.js';
import { storeConditions } from './store-conditions.js';
import { createWantedSpans } from './wanted-spans.js';

/** The clock of an indexer may be ahead of ours by this much. */
const CLOCK_SKEW_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 30_000;

export interface JaegerSourceOptions {
  readonly address: JaegerAddress;
  /** Sent with every request, in place of what the address has of the same name; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest wait for an answer to begin or to go on, in ms; default 30,000. */
  readonly timeoutMs?: number;
}

type Told = Pick<Parameters<typeof fetchTraces>[0], 'onNote' | 'onLoss' | 'onTraces'>;

function spansOf(jaeger: Jaeger, search: SpanSearch, told: Told): AsyncIterable<readonly Span[]> {
  const { sinceUnixMs = 0, untilUnixMs, serviceName = '', traceIds, filter } = search;
  const createSelection = () => createWantedSpans(search);
  if (traceIds !== undefined) return fetchTraces({ jaeger, traceIds, createSelection, ...told });
  const fromUnixMs = Math.max(0, Math.floor(sinceUnixMs));
  const toUnixMs = Math.ceil(untilUnixMs ?? Date.now() + CLOCK_SKEW_MS);
  return searchWindows({
    jaeger,
    conditions: { serviceName, ...storeConditions(filter) },
    whole: { fromUnixMs, toUnixMs },
    createSelection,
    ...told,
  });
}

/**
 * A Jaeger, whichever of its versions and stores. Stores disagree on what a trace has to match, so they are asked for little, and every
 * span that comes back is looked at again.
 */
export function createJaegerSource({
  address,
  headers = {},
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: JaegerSourceOptions): TraceSource {
  const { baseUrl } = address;
  const jaeger = createJaeger({
    address: { baseUrl, headers: { ...address.headers, ...headers } },
    timeoutMs,
  });
  return {
    kind: 'jaeger',
    label: baseUrl,
    traceUrl: (traceId, spanId) =>
      `${baseUrl}/trace/${traceId}${spanId === undefined ? '' : `?uiFind=${spanId}`}`,
    async *read(search) {
      const { sinceUnixMs = 0, untilUnixMs, serviceName, traceIds, onNote, onProgress } = search;
      if (!serviceName && traceIds === undefined)
        throw new SourceError('REFUSED', `${baseUrl} has to be told which service to look for (--service)`);
      if (untilUnixMs !== undefined && untilUnixMs <= sinceUnixMs) return;
      const total = traceIds === undefined ? undefined : new Set(traceIds).size;
      const losses: string[] = [];
      const batches = spansOf(jaeger, search, {
        onNote: (line) => onNote(`${baseUrl}: ${line}`),
        onLoss: (line) => losses.push(line),
        onTraces: (done) => onProgress?.({ done, total, unit: 'traces' }),
      });
      try {
        for await (const spans of batches) if (spans.length > 0) yield spans;
      } catch (error) {
        for (const line of losses) onNote(`${baseUrl}: ${line}`);
        throw error;
      }
      if (losses.length > 0) throw new SourceError('IN_PART', `${baseUrl}: ${losses.join('; ')}`);
    },
  };
}
