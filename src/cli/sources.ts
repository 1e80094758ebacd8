import type { Span } from '../traces/span.js';
import { type EventFilter, eventOfOthers } from '../traces/span-filter.js';
import type { SpanSearch, TraceSource } from '../traces/trace-source.js';
import { SourceError } from '../traces/trace-source.js';
import { sinceInWords, untilInWords } from './moment.js';
import { type OpenSource, openSources } from './open-sources.js';
import type { Request } from './request.js';
import { isRereadable } from './spooled-input.js';

const DEFAULT_SINCE_MS = 3_600_000;
const DEFAULT_SINCE_TEXT = '1h';

/** What one source is asked, by the options given and its kind's defaults; and that in words. */
export function searchOf({ kind, label }: Pick<TraceSource, 'kind' | 'label'>, { options, config }: Request) {
  const isJaeger = kind === 'jaeger';
  const serviceName = options.service ?? (isJaeger ? config.serviceName : undefined);
  const { until } = options;
  const latestUnixMs = until?.unixMs ?? Date.now();
  const since =
    options.since ??
    (isJaeger ? { unixMs: latestUnixMs - DEFAULT_SINCE_MS, text: DEFAULT_SINCE_TEXT } : undefined);
  const words = [
    serviceName === undefined ? [] : `service ${serviceName}`,
    since === undefined ? [] : until && !options.since ? `${since.text} long` : sinceInWords(since),
    until === undefined ? [] : untilInWords(until),
  ].flat();
  return {
    search: { serviceName, sinceUnixMs: since?.unixMs, untilUnixMs: until?.unixMs },
    words: words.length === 0 ? label : `${label} (${words.join(', ')})`,
  };
}

export interface ReadSourcesOptions {
  readonly request: Request;
  /** Those of the request, unless given. */
  readonly sources?: readonly OpenSource[];
  /** See {@link SpanSearch}; times and service are those of the request unless traces are asked for by their ids. */
  readonly search: Pick<SpanSearch, 'filter' | 'fields' | 'traceIds'>;
  readonly onSpans: (spans: readonly Span[], source: TraceSource) => void;
}

/** How reading the sources went. */
export interface SourcesRead {
  /** The sources that answered, and what they were asked, in words. */
  readonly answered: readonly string[];
  /** Whether a Jaeger was asked. */
  readonly askedJaeger: boolean;
  readonly failedCount: number;
}

type Asked = ReadSourcesOptions['search'];

/** What each of several sources is asked. */
interface AskedOfEach {
  readonly search: Asked;
  /** Where they have been read whole before, which told what is wrong with them: those that failed. */
  readonly failures?: ReadonlyMap<TraceSource, SourceError>;
}

/** Finds the traces whose event spans meet conditions, in whichever of the files these are. */
async function findTraces(
  event: EventFilter,
  sources: readonly OpenSource[],
  onNote: (line: string) => void,
) {
  const traceIds = new Set<string>();
  const failures = new Map<TraceSource, SourceError>();
  for (const { source } of sources) {
    try {
      const found = source.read({ filter: { spans: 'events', event }, fields: [], onNote });
      for await (const spans of found) for (const { traceId } of spans) traceIds.add(traceId);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.set(source, error);
    }
  }
  return { traceIds: [...traceIds], failures };
}

/**
 * Where something has to hold for the event of a span, that may stand in another one of several sources than the span. Files are read twice for
 * it; a Jaeger would have to be asked for each trace, and what is read but once cannot be: a line says so.
 */
async function askOfEach(
  asked: Asked,
  sources: readonly OpenSource[],
  say: (line: string) => void,
): Promise<AskedOfEach> {
  const event = eventOfOthers(asked.filter);
  if (event === undefined || asked.traceIds !== undefined || sources.length < 2) return { search: asked };
  if (sources.every(isRereadable)) {
    const { traceIds, failures } = await findTraces(event, sources, say);
    const { event: _event, ...own } = asked.filter;
    return { search: { ...asked, filter: own, traceIds }, failures };
  }
  say(
    'spans whose event is in another of these sources are left out (--event, --tx, --donor); of several files none are, so save the others as files',
  );
  return { search: asked };
}

/** Reads the sources of a request one after the other. One that fails is told in a line, and the others are read all the same. */
export async function readSources({
  request,
  sources,
  search: askedFor,
  onSpans,
}: ReadSourcesOptions): Promise<SourcesRead> {
  const { say, startProgress } = request.output;
  const opened = sources ?? (await openSources(request));
  const { search: asked, failures } = await askOfEach(askedFor, opened, say);
  const byIds = askedFor.traceIds !== undefined;
  const answered: string[] = [];
  let failedCount = 0;
  let askedJaeger = false;
  for (const { source, origin } of opened) {
    const { search, words } = searchOf(source, request);
    askedJaeger ||= source.kind === 'jaeger';
    let hasSpans = false;
    const progress = await startProgress?.(source.label);
    const onNote = (line: string): void => {
      progress?.clear();
      say(line);
    };
    const before = failures?.get(source);
    try {
      const whole = {
        ...(byIds ? {} : search),
        ...asked,
        onNote: failures ? () => {} : onNote,
        onProgress: progress?.show,
      };
      for await (const spans of source.read(whole)) {
        hasSpans = true;
        onSpans(spans, source);
      }
      if (before) throw before;
      answered.push(byIds ? source.label : words);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failedCount++;
      if (hasSpans || error.code === 'IN_PART') answered.push(`a part of ${byIds ? source.label : words}`);
      onNote(error.message + origin);
    } finally {
      progress?.end();
    }
  }
  return { answered, askedJaeger, failedCount };
}
