import type { Span } from './span.js';

/** Numbers traces, and knows for how many each of them stands. */
export interface TraceWeights {
  /** The number of a span's trace, from 0 on; of a root span it also learns the share of traces that were kept. */
  traceAt(span: Span): number;
  /** For how many traces one stands: 1, but for a fast one of which only a share was kept. */
  weightOf(traceAt: number): number;
}

/** For how many traces that of a root span stands: 1, or more where it was kept as a sample. */
export function weightOfTrace(span: Span): number {
  const ratio = Number(span.attribute('keepRatio') ?? 1);
  return ratio > 0 && ratio < 1 ? 1 / ratio : 1;
}

/** Learns the weights of traces from their root spans: `keepRatio` stands on those that were kept as a sample. */
export function createTraceWeights(): TraceWeights {
  const places = new Map<string, number>();
  const weights = new Map<number, number>();
  let lastTraceId = '';
  let lastAt = -1;
  return {
    traceAt(span) {
      // Spans of a trace come together.
      if (span.traceId !== lastTraceId) {
        lastTraceId = span.traceId;
        lastAt = places.get(lastTraceId) ?? places.size;
        places.set(lastTraceId, lastAt);
      }
      if (span.parentSpanId === undefined) {
        const weight = weightOfTrace(span);
        if (weight !== 1) weights.set(lastAt, weight);
      }
      return lastAt;
    },
    weightOf: (traceAt) => weights.get(traceAt) ?? 1,
  };
}
