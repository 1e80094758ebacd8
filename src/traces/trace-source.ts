import type { Span } from './span.js';

/** What is asked of a source. */
export interface SpanSearch {
  /** Only spans that began at or after this, in ms since 1970; undefined for all there are. */
  readonly sinceUnixMs: number | undefined;
  /** Only spans of this service; undefined for all. A Jaeger has to be told one. */
  readonly serviceName: string | undefined;
  /** Attributes that a wanted span has. A source may use them to send less, and may send other spans all the same. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Told of what was skipped or cut, one line each, without its end. */
  readonly onNote: (line: string) => void;
}

/** Where spans are read from: a file or a Jaeger. */
export interface TraceSource {
  readonly kind: 'file' | 'jaeger';
  /** How people know it: the path as it was given, or the URL without its credentials. */
  readonly label: string;
  /** Where a trace can be looked at, if it can. */
  traceUrl(traceId: string): string | undefined;
  /**
   * The spans, in batches; the same span may come twice.
   * @throws SourceError where the source cannot be reached or read; what came before stays valid.
   */
  read(search: SpanSearch): AsyncIterable<readonly Span[]>;
}

export type SourceErrorCode = 'UNREACHABLE' | 'REFUSED' | 'NOT_A_JAEGER' | 'UNREADABLE';

/** A source that could not be asked, or not to the end. The message is one line: what was found, and what to do. */
export class SourceError extends Error {
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SourceError';
    this.code = code;
  }
}
