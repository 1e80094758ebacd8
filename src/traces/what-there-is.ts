import type { Span } from './span.js';
import { SourceError, type SpanSearch, type TraceSource } from './trace-source.js';

/** Reads a source for those to whom it is no error that a part of it is lost; `onPart` is told of it, at the end. */
export async function* whatThereIs(
  source: TraceSource,
  search: SpanSearch,
  onPart: (error: SourceError) => void = () => {},
): AsyncGenerator<readonly Span[]> {
  try {
    yield* source.read(search);
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== 'IN_PART') throw error;
    onPart(error);
  }
}
