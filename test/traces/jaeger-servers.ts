import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type OtlpSpan, otlpBatch } from './otlp-spans.js';

/** One trace in a Jaeger of a test. */
interface StoredTrace {
  readonly serviceName?: string;
  readonly spans: readonly OtlpSpan[];
}

export interface TestServer {
  readonly url: string;
  /** The searches that it was asked, in order: path and query. */
  readonly requests: readonly URL[];
  close(): Promise<void>;
}

/** A real HTTP server on a free port of the loopback interface. */
export async function startServer(handle: RequestListener): Promise<TestServer> {
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    requests.push(new URL(request.url ?? '/', 'http://localhost'));
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Jaeger's errors are JSON that calls itself text. */
function sendError(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    .end(`${JSON.stringify(body)}\n`);
}

function sendV3Error(response: ServerResponse, httpCode: number, message: string): void {
  sendError(response, httpCode, { error: { httpCode, message } });
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

interface Search {
  readonly serviceName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly minDurationNano: bigint;
  readonly fromNano: bigint;
  readonly toNano: bigint;
  readonly maxTraces: number;
}

function hasAttributes(span: OtlpSpan, attributes: Search['attributes']): boolean {
  return Object.entries(attributes).every(([key, text]) =>
    span.attributes.some(
      (attribute) => attribute.key === key && String(Object.values(attribute.value)[0]) === text,
    ),
  );
}

function tookLong(span: OtlpSpan, { minDurationNano }: Search): boolean {
  return BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano) >= minDurationNano;
}

/** What Jaeger 2.13 makes of `error=true` in its memory store: it looks for spans with status OK. */
function hasStatusOk(span: OtlpSpan, attributes: Search['attributes']): boolean {
  return !('error' in attributes) || span.status.code === 1;
}

/**
 * What Cassandra finds: it reads three times as many indexed spans as it may return traces, the newest first, and returns the traces
 * that those belong to. Traces that come after are not there, and there may be fewer than asked for all the same.
 */
function findAsCassandra(traces: readonly StoredTrace[], search: Search): StoredTrace[] {
  if (search.minDurationNano > 0n) return [];
  const rows = traces
    .filter(({ serviceName = 'grants-indexer' }) => serviceName === search.serviceName)
    .flatMap((trace) => trace.spans.map((span) => ({ trace, span, start: BigInt(span.startTimeUnixNano) })))
    .filter(
      ({ span, start }) =>
        start > search.fromNano && start < search.toNano && hasAttributes(span, search.attributes),
    )
    .sort((a, b) => Number(b.start - a.start))
    .slice(0, search.maxTraces * 3);
  return [...new Set(rows.map(({ trace }) => trace))].slice(0, search.maxTraces);
}

/** What the memory store finds: all on one span, the newest trace first, never more than asked for. */
function find(traces: readonly StoredTrace[], search: Search): StoredTrace[] {
  return traces
    .filter(
      ({ serviceName = 'grants-indexer', spans }) =>
        serviceName === search.serviceName &&
        spans.some((span) => {
          const start = BigInt(span.startTimeUnixNano);
          return (
            start >= search.fromNano &&
            start <= search.toNano &&
            tookLong(span, search) &&
            hasStatusOk(span, search.attributes) &&
            hasAttributes(span, search.attributes)
          );
        }),
    )
    .toReversed()
    .slice(0, search.maxTraces);
}

const V3_PARAMETERS = [
  ...['serviceName', 'startTimeMin', 'startTimeMax', 'attributes', 'searchDepth', 'durationMin'],
].map((name) => `query.${name}`);

/** Microseconds as the command writes them, `250us`. */
function durationNano(text: string | null): bigint {
  return text === null ? 0n : BigInt(/^(\d+)us$/.exec(text)?.[1] ?? '-1') * 1000n;
}
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The search that a v3 query asks for, or what is wrong with it. */
function readV3Search({ searchParams }: URL): Search | string {
  const unknown = [...searchParams.keys()].filter((name) => !V3_PARAMETERS.includes(name));
  if (unknown.length > 0) return `unknown parameter ${unknown.join(', ')}`;
  const [from, to] = ['query.startTimeMin', 'query.startTimeMax'].map((name) => searchParams.get(name) ?? '');
  if (!from || !to) return 'query.startTimeMin and query.startTimeMax are required';
  if (!RFC3339.test(from) || !RFC3339.test(to)) return 'malformed parameter query.startTimeMin';
  const attributes = JSON.parse(searchParams.get('query.attributes') ?? '{}') as Record<string, string>;
  if (Object.values(attributes).some((value) => typeof value !== 'string'))
    return 'malformed query.attributes';
  return {
    serviceName: searchParams.get('query.serviceName') ?? '',
    attributes,
    minDurationNano: durationNano(searchParams.get('query.durationMin')),
    fromNano: BigInt(Date.parse(from)) * 1_000_000n,
    toNano: BigInt(Date.parse(to)) * 1_000_000n,
    maxTraces: Number(searchParams.get('query.searchDepth') ?? 100),
  };
}

export interface V3Options {
  readonly traces: readonly StoredTrace[];
  /** What the memory store may hold; it refuses to look for more. */
  readonly maxSearchDepth?: number;
  readonly basePath?: string;
}

/** What is stored of a trace, whose id may have lost its leading zeros. */
function withId(traces: readonly StoredTrace[], id: string): StoredTrace[] {
  return traces
    .map(({ spans, ...rest }) => ({
      ...rest,
      spans: spans.filter(({ traceId }) => traceId === id.padStart(32, '0')),
    }))
    .filter(({ spans }) => spans.length > 0);
}

/** A Jaeger of 2.21: `/api/v3/traces` with its strict parameters, and nothing else. */
export function startV3Jaeger({
  traces,
  maxSearchDepth = 1e6,
  basePath = '',
}: V3Options): Promise<TestServer> {
  return startServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, id] = /\/api\/v3\/traces\/(\w+)$/.exec(url.pathname) ?? [];
    if (id !== undefined) {
      const batches = withId(traces, id).map(({ spans, serviceName }) => otlpBatch(spans, serviceName));
      if (batches.length === 0) return sendV3Error(response, 404, 'No traces found');
      const resourceSpans = batches.flatMap((batch) => batch.resourceSpans);
      return sendJson(response, { result: { resourceSpans } });
    }
    if (url.pathname !== `${basePath}/api/v3/traces`) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    const search = readV3Search(url);
    if (typeof search === 'string') return sendV3Error(response, 400, search);
    if (search.maxTraces > maxSearchDepth) {
      return sendV3Error(response, 500, 'search depth must be greater than 0 and less than max traces');
    }
    const found = find(traces, search);
    if (found.length === 0) return sendV3Error(response, 404, 'No traces found');
    const batches = found.map(({ spans, serviceName }) => otlpBatch(spans, serviceName));
    sendJson(response, { result: { resourceSpans: batches.flatMap(({ resourceSpans }) => resourceSpans) } });
  });
}

function legacyTag({ key, value }: OtlpSpan['attributes'][number]) {
  if ('intValue' in value) return { key, type: 'int64', value: Number(value.intValue) };
  if ('boolValue' in value) return { key, type: 'bool', value: value.boolValue };
  return { key, type: 'string', value: Object.values(value)[0] };
}

function withoutLeadingZeros(id: string): string {
  return id.replace(/^0+/, '');
}

function legacyTrace({ serviceName = 'grants-indexer', spans }: StoredTrace) {
  return {
    traceID: withoutLeadingZeros(spans[0]?.traceId ?? ''),
    processes: { p1: { serviceName, tags: [] } },
    spans: spans.map((span) => ({
      traceID: withoutLeadingZeros(span.traceId),
      spanID: span.spanId,
      operationName: span.name,
      references: [
        { refType: 'FOLLOWS_FROM', traceID: 'feed', spanID: 'beef' },
        ...(span.parentSpanId === undefined
          ? []
          : [{ refType: 'CHILD_OF', traceID: withoutLeadingZeros(span.traceId), spanID: span.parentSpanId }]),
      ],
      startTime: Number(BigInt(span.startTimeUnixNano) / 1000n),
      duration: Number((BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1000n),
      tags: [
        ...span.attributes.map(legacyTag),
        ...(span.kind === 5 ? [{ key: 'span.kind', type: 'string', value: 'consumer' }] : []),
        ...(span.status.code === 2
          ? [
              { key: 'otel.status_code', type: 'string', value: 'ERROR' },
              { key: 'error', type: 'bool', value: true },
            ]
          : []),
      ],
      processID: 'p1',
    })),
  };
}

function microsOf(url: URL, name: string): bigint {
  return BigInt(url.searchParams.get(name) ?? '0') * 1000n;
}

export interface LegacyOptions {
  readonly traces: readonly StoredTrace[];
  /** How it searches; the memory store unless given. */
  readonly store?: 'memory' | 'cassandra';
  /** What it says to `/api/v3/traces`: 2.0 to 2.18 want snake_case, 1.x may have a page of the UI for it, or nothing at all. */
  readonly v3Answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A Jaeger of 2.18 or before: `/api/traces`, also with an id, and `/api/services`. */
export function startLegacyJaeger({ traces, store, v3Answer }: LegacyOptions): Promise<TestServer> {
  return startServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/v3/traces')) {
      if (v3Answer) return v3Answer(request, response);
      return sendV3Error(response, 400, 'query.start_time_min and query.start_time_max are required');
    }
    if (url.pathname === '/api/services') {
      const names = traces.map(({ serviceName = 'grants-indexer' }) => serviceName);
      return sendJson(response, { data: [...new Set(names)], total: names.length, errors: null });
    }
    const [, id] = /^\/api\/traces\/(\w+)$/.exec(url.pathname) ?? [];
    if (id !== undefined) {
      const data = withId(traces, id).map(legacyTrace);
      if (data.length > 0) return sendJson(response, { data, total: 0, limit: 0, offset: 0, errors: null });
      const errors = [{ code: 404, msg: 'trace not found' }];
      return sendError(response, 404, { data: null, total: 0, limit: 0, offset: 0, errors });
    }
    if (url.pathname !== '/api/traces') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    const serviceName = url.searchParams.get('service') ?? '';
    if (serviceName === '') {
      return sendError(response, 400, {
        data: null,
        errors: [{ code: 400, msg: "parameter 'service' is required" }],
      });
    }
    const attributes = JSON.parse(url.searchParams.get('tags') ?? '{}') as Record<string, string>;
    const minDurationNano = durationNano(url.searchParams.get('minDuration'));
    if (store === 'cassandra' && minDurationNano > 0n && Object.keys(attributes).length > 0) {
      const msg = 'cannot query for duration and tags simultaneously';
      return sendError(response, 500, { data: null, errors: [{ code: 500, msg }] });
    }
    const found = (store === 'cassandra' ? findAsCassandra : find)(traces, {
      serviceName,
      attributes,
      minDurationNano,
      fromNano: microsOf(url, 'start'),
      toNano: microsOf(url, 'end'),
      maxTraces: Number(url.searchParams.get('limit') ?? 100),
    });
    sendJson(response, { data: found.map(legacyTrace), total: 0, limit: 0, offset: 0, errors: null });
  });
}
