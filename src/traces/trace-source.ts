import type { Span } from './span.js';
import type { SpanFilter } from './span-filter.js';

/** How far reading is, for those who wait. */
export interface Progress {
  readonly done: number;
  /** Undefined where it is not known. */
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'traces';
}

/** What is asked of a source. Every span that it gives meets all of it; the same span may come twice. */
export interface SpanSearch {
  /** Only spans that began at or after this, in ms since 1970; undefined for all there are. */
  readonly sinceUnixMs?: number | undefined;
  /** Only spans that began before this. */
  readonly untilUnixMs?: number | undefined;
  /** Only spans of this service; undefined for all. A Jaeger has to be told one, unless it is asked for traces by their ids. */
  readonly serviceName?: string | undefined;
  readonly filter: SpanFilter;
  /** Only spans of these traces: 32 lower-case hex digits each. */
  readonly traceIds?: readonly string[] | undefined;
  /** The attributes that will be read from the spans; others may be missing. `all` also gives their events. */
  readonly fields: readonly string[] | 'all';
  /** Told of what was skipped or cut, one line each, without its end. */
  readonly onNote: (line: string) => void;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Where spans are read from: a file or a Jaeger. */
export interface TraceSource {
  readonly kind: 'file' | 'jaeger';
  /** How people know it: the path as it was given, or the URL without its credentials. */
  readonly label: string;
  /** Where a trace can be looked at, if it can. */
  traceUrl(traceId: string, spanId?: string): string | undefined;
  /**
   * The spans that were asked for, in batches.
   * @throws SourceError where the source cannot be reached or read; what came before stays valid.
   */
  read(search: SpanSearch): AsyncIterable<readonly Span[]>;
}

/** `IN_PART`: it was asked to the end, and answered, but for what is known to be missing. */
export type SourceErrorCode = 'UNREACHABLE' | 'REFUSED' | 'NOT_A_JAEGER' | 'UNREADABLE' | 'IN_PART';

/** A source that could not be asked, or not to the end. The message is one line: what was found, and what to do. */
export class SourceError extends Error {
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SourceError';
    this.code = code;
  }
}
