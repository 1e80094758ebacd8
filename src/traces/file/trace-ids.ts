import { createIdSet } from '../id-set.js';
import { wordsFromHex, writeIds } from '../id-words.js';
import type { Span } from '../span.js';

/** The ids of traces, 4 words for each, each once. */
export interface TraceIds {
  add(span: Span): void;
  has(span: Span): boolean;
  words(): Uint32Array;
}

/** A set of trace ids that can be given to a worker. */
export function createTraceIds(): TraceIds {
  const known = createIdSet(4);
  const ids = new Uint32Array(6);
  let words = new Uint32Array(4096);
  return {
    add(span) {
      writeIds(span, ids);
      const at = known.size * 4;
      if (!known.add(ids)) return;
      if (at + 4 > words.length) {
        const larger = new Uint32Array(words.length * 2);
        larger.set(words);
        words = larger;
      }
      words.set(ids.subarray(0, 4), at);
    },
    has(span) {
      writeIds(span, ids);
      return known.has(ids);
    },
    words: () => words.subarray(0, known.size * 4),
  };
}

/** Trace ids in hex as words; undefined stands for all traces. */
export function wordsOf(traceIds: readonly string[] | undefined): Uint32Array | undefined {
  if (traceIds === undefined) return undefined;
  const words = new Uint32Array(traceIds.length * 4);
  for (const [at, traceId] of traceIds.entries()) wordsFromHex(traceId, words, at * 4);
  return words;
}
