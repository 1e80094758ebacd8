import type { SeenSpans } from './seen-spans.js';

/** More spans than come twice within any time that is looked back. */
const MOST_PER_GENERATION = 200_000;

/** A memory of spans that forgets the oldest: for whoever watches for days. */
export function createRecentSpans(): SeenSpans {
  let current = new Set<string>();
  let previous = new Set<string>();
  return {
    isNew({ traceId, spanId }) {
      const id = traceId + spanId;
      if (current.has(id) || previous.has(id)) return false;
      current.add(id);
      if (current.size >= MOST_PER_GENERATION) {
        previous = current;
        current = new Set();
      }
      return true;
    },
  };
}
