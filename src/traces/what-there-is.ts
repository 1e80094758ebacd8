import type { Span } from './span.js';
import { SourceError, type SpanSearch, type TraceSource } from './trace-source.js';

/** Reads a source for those who look at what there is: that a part of it is lost is no error to them. */
export async function* whatThereIs(source: TraceSource, search: SpanSearch): AsyncGenerator<readonly Span[]> {
  try {
    yield* source.read(search);
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== 'IN_PART') throw error;
  }
}
