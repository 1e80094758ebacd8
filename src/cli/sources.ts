import type { Span } from '../traces/span.js';
import type { SpanSearch, TraceSource } from '../traces/trace-source.js';
import { SourceError } from '../traces/trace-source.js';
import { VARIABLES } from '../tracing/variables.js';
import type { Request } from './request.js';

const DEFAULT_SINCE_MS = 3_600_000;
const DEFAULT_SINCE_TEXT = '1h';

/** Whether a source is meant to be a Jaeger rather than a file. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function openJaeger(url: string): Promise<TraceSource> {
  const [{ createJaegerSource }, { readJaegerAddress }] = await Promise.all([
    import('../traces/jaeger/jaeger-source.js'),
    import('../traces/jaeger/jaeger-address.js'),
  ]);
  const address = readJaegerAddress(url);
  if (address === undefined) throw new SourceError('UNREACHABLE', `${url} is no address of a Jaeger`);
  return createJaegerSource({ address });
}

async function openFile(path: string): Promise<TraceSource> {
  const { createTraceFile } = await import('../traces/trace-file.js');
  return createTraceFile(path);
}

/** A source, and what to say of it when it fails and nobody named it. */
interface OpenSource {
  readonly source: TraceSource;
  readonly origin: string;
}

async function openSources({ sources, config }: Request): Promise<OpenSource[]> {
  if (sources.length > 0) {
    const open = sources.map((source) => (isAddress(source) ? openJaeger(source) : openFile(source)));
    return (await Promise.all(open)).map((source) => ({ source, origin: '' }));
  }
  if (config.traceFile !== undefined) {
    return [{ source: await openFile(config.traceFile), origin: ` (from ${VARIABLES.traceFile.name})` }];
  }
  const origin = ` (name a trace file or a Jaeger, or set ${VARIABLES.traceFile.name} or ${VARIABLES.jaegerUrl.name})`;
  return [{ source: await openJaeger(config.jaegerUrl), origin }];
}

/** What one source is asked, by the options given and its kind's defaults; and that in words. */
function searchOf({ kind, label }: TraceSource, { options, config }: Request) {
  const isJaeger = kind === 'jaeger';
  const serviceName = options.service ?? (isJaeger ? config.serviceName : undefined);
  const since =
    options.since ??
    (isJaeger ? { unixMs: Date.now() - DEFAULT_SINCE_MS, text: DEFAULT_SINCE_TEXT } : undefined);
  const words = [
    serviceName === undefined ? [] : `service ${serviceName}`,
    since === undefined
      ? []
      : /^\d+(\.\d+)?\s*[a-z]/i.test(since.text)
        ? `last ${since.text}`
        : `since ${since.text}`,
  ].flat();
  return {
    search: { serviceName, sinceUnixMs: since?.unixMs },
    words: words.length === 0 ? label : `${label} (${words.join(', ')})`,
  };
}

export interface ReadSourcesOptions {
  readonly request: Request;
  /** See {@link SpanSearch}. */
  readonly search: Pick<SpanSearch, 'filter' | 'fields'>;
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

/** Reads the sources of a request one after the other. One that fails is told in a line, and the others are read all the same. */
export async function readSources({
  request,
  search: asked,
  onSpans,
}: ReadSourcesOptions): Promise<SourcesRead> {
  const { say } = request.output;
  const answered: string[] = [];
  let failedCount = 0;
  let askedJaeger = false;
  for (const { source, origin } of await openSources(request)) {
    const { search, words } = searchOf(source, request);
    askedJaeger ||= source.kind === 'jaeger';
    let hasSpans = false;
    try {
      for await (const spans of source.read({ ...search, ...asked, onNote: say })) {
        hasSpans = true;
        onSpans(spans, source);
      }
      answered.push(words);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failedCount++;
      if (hasSpans) answered.push(`a part of ${words}`);
      say(error.message + origin);
    }
  }
  return { answered, askedJaeger, failedCount };
}
