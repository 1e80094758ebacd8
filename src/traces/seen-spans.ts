import type { Span } from './span.js';

/** Tells spans apart, however often each comes: exporters that try again, and files that overlap, give one twice. */
export interface SeenSpans {
  /** True the first time that this span is shown. */
  isNew(span: Pick<Span, 'traceId' | 'spanId'>): boolean;
}

/** A memory of spans that have been seen. */
export function createSeenSpans(): SeenSpans {
  const seen = new Set<string>();
  return {
    isNew({ traceId, spanId }) {
      const before = seen.size;
      seen.add(traceId + spanId);
      return seen.size > before;
    },
  };
}
