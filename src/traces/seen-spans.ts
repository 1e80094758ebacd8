import { createIdSet } from './id-set.js';
import { writeIds } from './id-words.js';
import type { Span } from './span.js';

/** Tells spans apart, however often each comes: exporters that try again, and files that overlap, give one twice. */
export interface SeenSpans {
  /** True the first time that this span is shown. */
  isNew(span: Pick<Span, 'traceId' | 'spanId'>): boolean;
}

/** A memory of spans that have been seen: some 16 MB for a million. Its ids are the hex digits that a `Span` has; see {@link createIdSet} for its odds. */
export function createSeenSpans(): SeenSpans {
  const seen = createIdSet(6);
  const words = new Uint32Array(6);
  return {
    isNew(span) {
      writeIds(span, words);
      return seen.add(words);
    },
  };
}
