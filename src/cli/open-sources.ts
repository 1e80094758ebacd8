import type { TraceSource } from '../traces/trace-source.js';
import { SourceError } from '../traces/trace-source.js';
import { VARIABLES } from '../tracing/variables.js';
import type { Header } from './header.js';
import type { Request } from './request.js';
import { isAddress } from './source-address.js';

/** A source, and what to say of it when it fails and nobody named it. */
export interface OpenSource {
  readonly source: TraceSource;
  readonly origin: string;
  /** What could be read but once is kept in a file. */
  readonly isKept?: true;
  /** The services that a Jaeger has traces of. */
  readonly services?: () => Promise<readonly string[]>;
}

const SERVICES_TIMEOUT_MS = 5000;

/** Headers as a request takes them; of one name the values stand in one line. */
function headersOf(headers: readonly Header[] = []): Record<string, string> {
  return Object.fromEntries(new Headers(headers.map(({ name, value }): [string, string] => [name, value])));
}

/** A Jaeger's address, with the headers of the request. */
export async function jaegerAddressOf(url: string, headers: readonly Header[] | undefined) {
  const { readJaegerAddress } = await import('../traces/jaeger/jaeger-address.js');
  const address = readJaegerAddress(url);
  if (address === undefined) throw new SourceError('UNREACHABLE', `${url} is no address of a Jaeger`);
  return { ...address, headers: { ...address.headers, ...headersOf(headers) } };
}

async function openJaeger(url: string, headers: readonly Header[] | undefined): Promise<OpenSource> {
  const [{ createJaegerSource }, { listJaegerServices }] = await Promise.all([
    import('../traces/jaeger/jaeger-source.js'),
    import('../traces/jaeger/jaeger-services.js'),
  ]);
  const address = await jaegerAddressOf(url, headers);
  return {
    source: createJaegerSource({ address }),
    origin: '',
    services: () => listJaegerServices({ address, timeoutMs: SERVICES_TIMEOUT_MS }),
  };
}

async function openFile(path: string): Promise<OpenSource> {
  const { createTraceFile } = await import('../traces/trace-file.js');
  return { source: createTraceFile(path), origin: '' };
}

/** The sources of a request: those named, else the trace file of the environment, else its Jaeger. */
export async function openSources({ sources, config, options }: Request): Promise<readonly OpenSource[]> {
  if (sources.length > 0) {
    return Promise.all(
      sources.map((source) => (isAddress(source) ? openJaeger(source, options.header) : openFile(source))),
    );
  }
  if (config.traceFile !== undefined) {
    return [{ ...(await openFile(config.traceFile)), origin: ` (from ${VARIABLES.traceFile.name})` }];
  }
  const origin = ` (name a trace file or a Jaeger, or set ${VARIABLES.traceFile.name} or ${VARIABLES.jaegerUrl.name})`;
  return [{ ...(await openJaeger(config.jaegerUrl, options.header)), origin }];
}
