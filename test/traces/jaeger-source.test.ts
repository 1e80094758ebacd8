import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createJaegerSource } from '../../src/traces/jaeger/jaeger-source.js';
import { type Progress, SourceError, type SpanSearch } from '../../src/traces/trace-source.js';
import { createSearchLab } from './jaeger-searches.js';
import { startLegacyJaeger, startServer, startV3Jaeger } from './jaeger-servers.js';
import { type OtlpSpan, otlpBatch, otlpSpan, slowEvent } from './otlp-spans.js';
import { started } from './started-servers.js';

type Options = Partial<Parameters<typeof createJaegerSource>[0]>;

function sourceAt(url: string, options: Options = {}) {
  return createJaegerSource({ address: { baseUrl: url, headers: {} }, ...options });
}

const HOUR_MS = 3_600_000;

/** Reads a source to its end: each span once. `lost` says what is known to be missing, if anything is. */
async function read(url: string, search: Partial<SpanSearch> = {}, options: Options = {}) {
  const found = new Set<string>();
  const notes: string[] = [];
  const batches = sourceAt(url, options).read({
    sinceUnixMs: Date.now() - HOUR_MS,
    serviceName: 'grants-indexer',
    filter: { spans: 'all' },
    fields: 'all',
    onNote: (line) => notes.push(line.replaceAll(url, 'URL')),
    ...search,
  });
  try {
    for await (const spans of batches) for (const { spanId } of spans) found.add(spanId);
  } catch (error) {
    if (!(error instanceof SourceError && error.code === 'IN_PART')) throw error;
    return { found: [...found], notes, lost: error.message.replaceAll(url, 'URL') };
  }
  return { found: [...found], notes };
}

/** An event with so many steps, all of the service, a ms after each other. */
function traceOf(stepCount: number, startUnixMs: number): { spans: OtlpSpan[] } {
  const event = slowEvent({ startUnixMs });
  const { traceId, spanId: parentSpanId } = event;
  const steps = Array.from({ length: stepCount }, (_, at) =>
    otlpSpan({ traceId, parentSpanId, startUnixMs: startUnixMs + 1 + at }),
  );
  return { spans: [event, ...steps] };
}

const DIALECTS = [
  { jaeger: 'v3', start: (traces: Traces) => startV3Jaeger({ traces }) },
  { jaeger: 'legacy', start: (traces: Traces) => startLegacyJaeger({ traces }) },
  { jaeger: 'Cassandra', start: (traces: Traces) => startLegacyJaeger({ traces, store: 'cassandra' }) },
];
type Traces = Parameters<typeof startV3Jaeger>[0]['traces'];

describe.each(DIALECTS)('a search of a Jaeger ($jaeger)', ({ start }) => {
  const lab = createSearchLab();
  const traces = lab.batches.flatMap(({ serviceName, spans }) =>
    [...new Set(spans.map(({ traceId }) => traceId))].map((id) => ({
      serviceName,
      spans: spans.filter(({ traceId }) => traceId === id),
    })),
  );

  it.each(lab.searches)('finds $what', async ({ search, found }) => {
    const { url } = await started(start(traces));
    expect(await lab.read(sourceAt(url), search)).toEqual({ found, notes: [] });
  });

  it('finds all of more spans than one answer holds, whatever their number in a trace', async () => {
    const firstMs = Date.now() - HOUR_MS / 2;
    const many = Array.from({ length: 900 }, (_, at) => traceOf(1 + (at % 40), firstMs + at * 1500));
    const { url } = await started(start(many));
    const { found, notes } = await read(url);
    expect(found).toHaveLength(many.flatMap(({ spans }) => spans).length);
    expect(notes).toEqual([]);
  });

  it('finds all of a burst between long silences', async () => {
    const firstMs = Date.now() - HOUR_MS / 2;
    const many = Array.from({ length: 4000 }, (_, at) => traceOf(0, firstMs + at));
    const { url, requests } = await started(start([traceOf(0, firstMs - 1_000_000), ...many]));
    const { found, notes } = await read(url);
    expect(found).toHaveLength(4001);
    expect(notes).toEqual([]);
    expect(requests.length).toBeLessThan(100);
  });

  it('tells how many traces came so far', async () => {
    const firstMs = Date.now() - HOUR_MS / 2;
    const { url } = await started(
      start(Array.from({ length: 150 }, (_, at) => traceOf(0, firstMs + at * 1000))),
    );
    const told: Progress[] = [];
    await read(url, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toMatchObject({ total: undefined, unit: 'traces' });
    expect(told.at(-1)?.done).toBeGreaterThanOrEqual(150);
  });

  it('fetches traces by their ids, four at a time at most', async () => {
    const many = Array.from({ length: 30 }, () => traceOf(2, Date.now() - 60_000));
    const { url } = await started(start(many));
    const target = new URL(url);
    let open = 0;
    let most = 0;
    const proxy = await started(
      startServer((request, response) => {
        most = Math.max(most, ++open);
        response.once('close', () => open--);
        fetch(new URL(request.url ?? '/', target)).then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(await answer.text());
        });
      }),
    );
    const traceIds = many.map(({ spans }) => spans[0]?.traceId ?? '');
    const told: Progress[] = [];
    const { found } = await read(proxy.url, { traceIds, onProgress: (progress) => told.push(progress) });
    expect(found).toHaveLength(90);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(told.at(-1)).toEqual({ done: 30, total: 30, unit: 'traces' });
  });
});

describe('what a Jaeger is asked', () => {
  const asked = async (filter: SpanSearch['filter']) => {
    const { url, requests } = await started(startV3Jaeger({ traces: [] }));
    await read(url, { filter });
    const { searchParams } = requests[0] ?? new URL(url);
    return [searchParams.get('query.attributes'), searchParams.get('query.durationMin')];
  };

  it.each<[string, SpanSearch['filter'], string, string | null]>([
    ['nothing of names', { spans: { named: 'pg.query' } }, '{}', null],
    ['nothing of errors: stores disagree', { spans: 'all', errors: true }, '{}', null],
    ['no duration by itself', { spans: 'all', minDurationMs: 100 }, '{}', null],
    [
      'a duration beside an attribute',
      { spans: 'all', slow: true, minDurationMs: 1.5 },
      '{"slow":"true"}',
      '1500us',
    ],
    ['one attribute', { spans: 'all', attributes: { chainId: '10', roundId: '5' } }, '{"roundId":"5"}', null],
    ['slowness first', { spans: 'all', slow: true, attributes: { roundId: '5' } }, '{"slow":"true"}', null],
    ['no hex, whose case may differ', { spans: 'all', attributes: { transactionHash: '0xab' } }, '{}', null],
    ['no key with a meaning', { spans: 'all', attributes: { error: 'true', 'span.kind': 'x' } }, '{}', null],
    ['no pattern', { spans: 'all', attributes: { details: 'a.*' } }, '{}', null],
    ['no large number', { spans: 'all', attributes: { chainId: '11297108109' } }, '{}', null],
    ['nothing of another span', { spans: 'all', event: { attributes: { roundId: '5' } } }, '{}', null],
  ])('is %s', async (_, filter, attributes, duration) => {
    expect(await asked(filter)).toEqual([attributes, duration]);
  });

  it('is a service, or ids of traces', async () => {
    const { url, requests } = await started(startV3Jaeger({ traces: [] }));
    await expect(read(url, { serviceName: undefined })).rejects.toMatchObject({
      code: 'REFUSED',
      message: `${url} has to be told which service to look for (--service)`,
    });
    expect(requests).toEqual([]);
  });

  it('is nothing for a time that ends before it begins', async () => {
    const { url, requests } = await started(startV3Jaeger({ traces: [] }));
    expect(await read(url, { untilUnixMs: 1 })).toEqual({ found: [], notes: [] });
    expect(requests).toEqual([]);
  });

  it('carries the headers given, in place of those of the address', async () => {
    const seen: unknown[] = [];
    const { url } = await started(
      startServer((request, response) => {
        seen.push(request.headers.authorization, request.headers['x-scope-orgid']);
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"error":{"httpCode":404,"message":"No traces found"}}');
      }),
    );
    const address = { baseUrl: url, headers: { authorization: 'Basic abc' } };
    await read(url, {}, { address, headers: { authorization: 'Bearer t0ken', 'x-scope-orgid': 'grants' } });
    expect(seen).toEqual(['Bearer t0ken', 'grants']);
  });
});

describe('a link into Jaeger', () => {
  it('names the trace, and the span where there is one', () => {
    const source = sourceAt('https://jaeger.example/base');
    expect(source.traceUrl('00ab')).toBe('https://jaeger.example/base/trace/00ab');
    expect(source.traceUrl('00ab', '01cd')).toBe('https://jaeger.example/base/trace/00ab?uiFind=01cd');
  });
});

describe('an answer of Jaeger', () => {
  const event = () => slowEvent({ startUnixMs: Date.now() - 60_000 });
  const bodyOf = (spans: readonly OtlpSpan[]) => JSON.stringify({ result: otlpBatch(spans) });

  type Handler = Parameters<typeof startServer>[0];
  const failure = async (handle: Handler, options: Options = {}) => {
    const { url } = await started(startServer(handle));
    const error: unknown = await read(url, {}, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'SourceError' });
    return (error as Error).message.replaceAll(url, 'URL');
  };

  it('may be packed', async () => {
    const { url } = await started(
      startServer((_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(gzipSync(bodyOf([event()]))),
      ),
    );
    expect((await read(url)).found).toHaveLength(1);
  });

  it('may have braces, quotes and line ends in its texts, and white space between', async () => {
    const odd = 'a "quoted\\" } ] { [ \\\\ text\n';
    const spans = [event(), { ...event(), name: odd }];
    const body = JSON.stringify(
      { result: { resourceSpans: spans.flatMap((span) => otlpBatch([span]).resourceSpans) } },
      null,
      2,
    );
    const { url } = await started(
      startServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)),
    );
    const { found } = await read(url, { filter: { spans: { named: odd } } });
    expect(found).toEqual([spans[1]?.spanId]);
  });

  it('may be streamed, one JSON a line, and end in an error', async () => {
    const body = `${bodyOf([event()])}\n${bodyOf([event()])}\n{"error":{"message":"deadline exceeded\\nat x"}}\n`;
    const { url } = await started(
      startServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)),
    );
    const { found, notes, lost } = await read(url);
    expect(found).toHaveLength(2);
    expect(notes).toEqual([]);
    expect(lost).toBe('URL: answered in part: deadline exceeded');
  });

  it('may have spans that cannot be read, which are counted', async () => {
    const body = bodyOf([
      event(),
      { ...event(), traceId: 'none' },
      { ...event(), startTimeUnixNano: 'soon' },
    ]);
    const { url } = await started(
      startServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)),
    );
    const { found, notes } = await read(url);
    expect(found).toHaveLength(1);
    expect(notes).toEqual(['URL: 2 spans of the answer could not be read; skipped']);
  });

  it('says so where the connection breaks off in the middle', async () => {
    const line = await failure((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"result":{"resourceSpans":[', () => response.destroy());
    });
    expect(line).toMatch(/^URL broke off its answer after \d+ bytes; ask again/);
  });

  it.each([
    '{"result":{"resourceSpans":[',
    '{"result":{"resourceSpans":[{"resource":{}},{"scopeSpans":[',
    '{"result":',
  ])('says so where its JSON has no end: %s', async (body) => {
    const line = await failure((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect(line).toBe(
      `URL answered with JSON that is cut off (after ${body.length} bytes); ask again, or ask Jaeger without the proxy before it`,
    );
  });

  it('says so where it is not packed as it says', async () => {
    const line = await failure((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('{}'),
    );
    expect(line).toBe(
      'URL sent an answer that cannot be unpacked (Z_DATA_ERROR); ask again, or ask Jaeger without the proxy before it',
    );
  });

  it('says so where it is packed and cut off', async () => {
    const body = gzipSync(bodyOf([event()])).subarray(0, -20);
    const line = await failure((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body),
    );
    expect(line).toMatch(/^URL .* (cut off \(after \d+ bytes\)|cannot be unpacked \(Z_\w+\)); ask again/);
  });

  it('says so where there is nothing in it', async () => {
    const line = await failure((_, response) => response.writeHead(200).end());
    expect(line).toBe(
      'URL does not answer as a Jaeger does (200, nothing); expected its query address, such as http://localhost:16686',
    );
  });

  it('is not waited for once nothing more comes', async () => {
    const line = await failure(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"result":');
      },
      { timeoutMs: 50 },
    );
    expect(line).toBe('URL did not answer within 0.05 s; ask for less (--since) or look at its load');
  });

  it('does not tell of secrets in a redirect', async () => {
    const line = await failure((_, response) =>
      response.writeHead(307, { location: 'https://ann:s3cret@login.example/in?token=s3cret' }).end(),
    );
    expect(line).toBe(
      'URL redirects to https://login.example/in (307); name the Jaeger behind it, redirects are not followed',
    );
  });

  it('keeps what came before where a later one fails', async () => {
    const firstMs = Date.now() - HOUR_MS / 2;
    const jaeger = await started(
      startV3Jaeger({ traces: Array.from({ length: 6000 }, (_, at) => traceOf(0, firstMs + at * 100)) }),
    );
    let count = 0;
    const { url } = await started(
      startServer((request, response) => {
        if (++count > 4) response.destroy();
        else
          fetch(new URL(request.url ?? '/', jaeger.url)).then(async (answer) =>
            response
              .writeHead(answer.status, { 'content-type': 'application/json' })
              .end(await answer.text()),
          );
      }),
    );
    const found = new Set<string>();
    const reading = (async () => {
      const batches = sourceAt(url).read({
        sinceUnixMs: firstMs,
        serviceName: 'grants-indexer',
        filter: { spans: 'all' },
        fields: [],
        onNote: () => {},
      });
      for await (const spans of batches) for (const { spanId } of spans) found.add(spanId);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'SourceError', code: 'UNREACHABLE' });
    expect(found.size).toBeGreaterThan(0);
  });

  it('is no longer fetched once nobody reads on', async () => {
    const firstMs = Date.now() - HOUR_MS / 2;
    const { url, requests } = await started(
      startV3Jaeger({ traces: Array.from({ length: 9000 }, (_, at) => traceOf(0, firstMs + at * 100)) }),
    );
    const batches = sourceAt(url).read({
      sinceUnixMs: firstMs,
      serviceName: 'grants-indexer',
      filter: { spans: 'all' },
      fields: [],
      onNote: () => {},
    });
    for await (const spans of batches) {
      expect(spans.length).toBeGreaterThan(0);
      break;
    }
    expect(requests.length).toBeLessThanOrEqual(2);
  });
});
