import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createJaegerSource } from '../../src/traces/jaeger/jaeger-source.js';
import { deadUrl } from '../support/dead-url.js';
import { startLegacyJaeger, startServer, startV3Jaeger } from '../traces/jaeger-servers.js';
import { otlpSpan, slowEvent } from '../traces/otlp-spans.js';
import { started } from '../traces/started-servers.js';
import { linesOf, runCli } from './run-cli.js';

const RECORDED = JSON.parse(
  readFileSync(new URL('../traces/fixtures/find-traces.v2.20.0.json', import.meta.url), 'utf8'),
);
const TRACE_ID = '0000000000000000000000000000abcd';

function minutesAgo(minutes: number): number {
  return Date.now() - minutes * 60_000;
}

/** A slow event's trace: its span, one slow step, one fast one. */
function slowTrace(draft: Parameters<typeof slowEvent>[0] = {}) {
  const event = slowEvent({ startUnixMs: minutesAgo(5), ...draft });
  const { traceId, spanId: parentSpanId } = event;
  const startUnixMs = Number(BigInt(event.startTimeUnixNano) / 1_000_000n);
  const step = { traceId, parentSpanId, startUnixMs };
  return {
    spans: [event, otlpSpan({ ...step, durationMs: 700, attributes: { slow: true } }), otlpSpan(step)],
  };
}

async function slowJson(...args: readonly string[]) {
  const result = await runCli(['slow', '--json', ...args]);
  return { ...result, events: JSON.parse(result.stdout) as Record<string, unknown>[] };
}

describe('grants-otel slow on a Jaeger', () => {
  it('says what some of many events have, and no more than that', async () => {
    const traces = Array.from({ length: 150 }, (_, at) => {
      const roundId = at < 100 ? '27' : '12';
      return slowTrace({ startUnixMs: minutesAgo(1 + at / 10), attributes: { roundId } });
    });
    const { url } = await started(startV3Jaeger({ traces }));
    const other = await runCli(['slow', url, '--round', '99']);
    expect(linesOf(other.stderr).at(-1)).toMatch(
      new RegExp(
        `^grants-otel: ${url}: of \\d+ events that were looked at, none has this roundId; some have (12, )?27$`,
      ),
    );
    expect(other.exitCode).toBe(1);
    const few = await runCli(['slow', url, '--round', '27', '--min-duration', '1h']);
    expect(linesOf(few.stderr).at(-1)).toBe(
      `grants-otel: ${url}: it has events of that time, but no slow one of round 27, 3600000 ms or more`,
    );
  });

  it('reads what Jaeger 2.20 answered', async () => {
    const { url } = await started(
      startServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
        const isAsked =
          pathname === '/api/v3/traces' &&
          searchParams.get('query.serviceName') === 'grants-indexer' &&
          searchParams.get('query.attributes') === '{"slow":"true"}';
        response
          .writeHead(isAsked ? 200 : 400, { 'content-type': 'application/json' })
          .end(isAsked ? JSON.stringify(RECORDED) : '{"error":{"httpCode":400,"message":"wrong question"}}');
      }),
    );
    const { exitCode, stdout, stderr } = await runCli(['slow', url, '--since', '2020-01-01']);
    expect(stdout.split('\n')).toEqual([
      'when                      event                         chain  round  app      ms  threshold  share  cause  block  transaction  trace                             link',
      `2026-11-22T10:13:55.303Z  Strategy.AllocatedWithOrigin  42161     27    3  1200.0        500      -  -          -  -            00000000000000000000000000abc003  ${url}/trace/00000000000000000000000000abc003?uiFind=000000000000001e`,
      `2026-11-22T10:13:55.303Z  Strategy.AllocatedWithOrigin  42161     27    2   800.0        500      -  -          -  -            00000000000000000000000000abc002  ${url}/trace/00000000000000000000000000abc002?uiFind=0000000000000014`,
      '',
      `2 slow events matched, all shown; from ${url} (service grants-indexer, since 2020-01-01)`,
      '',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  const bothDialects = [
    {
      dialect: 'v3',
      start: (traces: Parameters<typeof startV3Jaeger>[0]['traces']) => startV3Jaeger({ traces }),
    },
    {
      dialect: 'legacy',
      start: (traces: Parameters<typeof startV3Jaeger>[0]['traces']) => startLegacyJaeger({ traces }),
    },
  ];

  describe.each(bothDialects)('that speaks the $dialect dialect', ({ start }) => {
    it('finds slow events with all that their spans say, and a link', async () => {
      const startUnixMs = minutesAgo(5);
      const { url } = await started(
        start([slowTrace({ traceId: TRACE_ID, startUnixMs, durationMs: 812.25 })]),
      );
      const { events, stderr, exitCode } = await slowJson(url);
      expect(events).toEqual([
        {
          when: new Date(startUnixMs).toISOString(),
          event: 'Strategy.AllocatedWithOrigin',
          span: 'Strategy.AllocatedWithOrigin',
          chainId: 42161,
          roundId: '27',
          applicationId: '3',
          durationMs: 812.25,
          thresholdMs: 500,
          cause: 'InsertDonation > pg.query:INSERT grants',
          causeMs: 609,
          causeSharePercent: 75,
          blockNumber: null,
          transactionHash: null,
          failed: false,
          traceId: TRACE_ID,
          spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
          traceUrl: expect.stringMatching(new RegExp(`^${url}/trace/${TRACE_ID}\\?uiFind=[0-9a-f]{16}$`)),
        },
      ]);
      expect(stderr).toBe('');
      expect(exitCode).toBe(0);
    });

    it('looks back one hour unless told otherwise', async () => {
      const { url } = await started(start([slowTrace({ startUnixMs: minutesAgo(90) }), slowTrace()]));
      expect((await slowJson(url)).events).toHaveLength(1);
      expect((await slowJson(url, '--since', '2h')).events).toHaveLength(2);
    });

    it('asks for the service of --service, else of OTEL_SERVICE_NAME, else for grants-indexer', async () => {
      const { url } = await started(
        start([{ ...slowTrace(), serviceName: 'mine' }, slowTrace(), slowTrace()]),
      );
      expect((await slowJson(url)).events).toHaveLength(2);
      expect((await slowJson(url, '--service', 'mine')).events).toHaveLength(1);
      const { stdout } = await runCli(['slow', '--json', url], { env: { OTEL_SERVICE_NAME: 'mine' } });
      expect(JSON.parse(stdout)).toHaveLength(1);
    });

    it('filters the spans that come back', async () => {
      const other = slowTrace({ attributes: { chainId: 10, roundId: '5', applicationId: '8' } });
      const { url } = await started(start([slowTrace(), other]));
      const { events } = await slowJson(url, '--chain', '10', '--round', '5', '--application', '8');
      expect(events).toMatchObject([{ chainId: 10, roundId: '5', applicationId: '8' }]);
    });

    it('finds nothing in a Jaeger that has nothing, and says what it asked for', async () => {
      const { url } = await started(start([]));
      const { exitCode, stdout, stderr } = await runCli(['slow', url]);
      expect(stdout).toBe('');
      expect(stderr).toBe(`grants-otel: no slow events found in ${url} (service grants-indexer, last 1h)\n`);
      expect(exitCode).toBe(1);
    });

    it('finds all of more traces than one answer holds', async () => {
      const traces = Array.from({ length: 3500 }, (_, at) =>
        slowTrace({ startUnixMs: minutesAgo(50) + at * 800.4 }),
      );
      const { url, requests } = await started(start(traces));
      const { events, stderr } = await slowJson(url, '--limit', '9999');
      expect(new Set(events.map(({ traceId }) => traceId)).size).toBe(3500);
      expect(stderr).toBe('');
      expect(requests.length).toBeGreaterThan(3);
    });

    it('says that it is a part where a single ms has more traces than one answer holds', async () => {
      const startUnixMs = minutesAgo(5);
      const traces = Array.from({ length: 3100 }, () => slowTrace({ startUnixMs }));
      const { url } = await started(start(traces));
      const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
      expect(events).toHaveLength(3000);
      expect(stderr).toBe(
        `grants-otel: ${url}: a single ms had more traces than Jaeger gives at once (3000); the rest is left out\n`,
      );
      expect(exitCode).toBe(3);
      const table = await runCli(['summary', url]);
      expect(linesOf(table.stdout).at(-1)).toMatch(new RegExp(`; from a part of ${url} \\(`));
      expect(table.exitCode).toBe(3);
    });

    it('is whole where a single ms has just as many traces as one answer holds', async () => {
      const startUnixMs = minutesAgo(5);
      const traces = Array.from({ length: 3000 }, () => slowTrace({ startUnixMs }));
      const { url } = await started(start(traces));
      const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
      expect({ count: events.length, stderr, exitCode }).toEqual({ count: 3000, stderr: '', exitCode: 0 });
    });
  });

  it.each([
    ['two of them', 3200, 1600, 1e6],
    ['ten of them', 6000, 1100, 1e6],
    ['ten of them, of a store that refuses to look for many', 1200, 120, 1000],
  ])(
    'is no part where single ms have less than one answer holds, but %s have more',
    async (_, count, perMs, most) => {
      const fromUnixMs = Math.floor(minutesAgo(5));
      const traces = Array.from({ length: count }, (_, at) => ({
        spans: [slowEvent({ startUnixMs: fromUnixMs + Math.floor(at / perMs) + 0.5 })],
      }));
      const { url } = await started(startV3Jaeger({ traces, maxSearchDepth: most }));
      const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
      expect({ count: events.length, exitCode }).toEqual({ count, exitCode: 0 });
      expect(stderr).not.toMatch(/the rest is left out/);
    },
  );

  it('is no part where what one ms has too much of comes with the spans of another', async () => {
    const startUnixMs = Math.floor(minutesAgo(5)) + 0.5;
    const traces = Array.from({ length: 3300 }, (_, at) => {
      const event = slowEvent({ startUnixMs });
      const { traceId, spanId: parentSpanId } = event;
      const later = { traceId, parentSpanId, startUnixMs: startUnixMs + 10 + (at % 100) };
      return { spans: [event, otlpSpan({ ...later, attributes: { slow: true } })] };
    });
    const { url } = await started(startV3Jaeger({ traces }));
    const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
    expect({ count: events.length, exitCode }).toEqual({ count: 3300, exitCode: 0 });
    expect(stderr).not.toMatch(/the rest is left out/);
  });

  it('asks for more than at first where the first window cannot be divided', async () => {
    const fromUnixMs = Math.floor(minutesAgo(5));
    const traces = Array.from({ length: 200 }, () => slowTrace({ startUnixMs: fromUnixMs + 0.5 }));
    const [since, until] = [fromUnixMs, fromUnixMs + 1].map((unixMs) => new Date(unixMs).toISOString());
    for (const maxSearchDepth of [1e6, 1000, 400]) {
      const { url } = await started(startV3Jaeger({ traces, maxSearchDepth }));
      const window = ['--since', since ?? '', '--until', until ?? ''];
      const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999', ...window);
      expect(events).toHaveLength(200);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    }
  });

  it('says that more may be there where a store does not tell', async () => {
    const startUnixMs = minutesAgo(5);
    const traces = Array.from({ length: 3000 }, () => slowTrace({ startUnixMs }));
    const { url } = await started(startV3Jaeger({ traces, maxSearchDepth: 3000 }));
    const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
    expect(events).toHaveLength(3000);
    expect(stderr).toBe(
      `grants-otel: ${url}: a single ms had as many traces as Jaeger gives at once (3000); more may be left out\n`,
    );
    expect(exitCode).toBe(0);
  });

  it.each([
    ['has no such route', 404, 'text/plain', '404 page not found\n'],
    ['has its UI for every path', 200, 'text/html', '<!doctype html><title>Jaeger UI</title>'],
    ['does not allow it', 405, 'text/plain', ''],
  ])('falls back on the older dialect where v3 %s', async (_, status, type, body) => {
    const { url, requests } = await started(
      startLegacyJaeger({
        traces: [slowTrace()],
        v3Answer: (_request, response) => response.writeHead(status, { 'content-type': type }).end(body),
      }),
    );
    const { events, exitCode } = await slowJson(url);
    expect(events).toHaveLength(1);
    expect(exitCode).toBe(0);
    expect(requests.map(({ pathname }) => pathname)).toEqual(['/api/v3/traces', '/api/traces']);
  });

  it('asks for fewer traces at once where the store refuses to look for so many', async () => {
    const traces = Array.from({ length: 40 }, (_, at) =>
      slowTrace({ startUnixMs: minutesAgo(50) + at * 1000 }),
    );
    const { url } = await started(startV3Jaeger({ traces, maxSearchDepth: 50 }));
    const { events, stderr } = await slowJson(url, '--limit', '100');
    expect(events).toHaveLength(40);
    expect(stderr).toBe('');
  });

  it('finds all in a store that stops at a number of spans, before it has as many traces as asked for', async () => {
    const traces = Array.from({ length: 1500 }, (_, at) => {
      const startUnixMs = minutesAgo(50) + at * 1000;
      const { spans } = slowTrace({ startUnixMs });
      const step = { traceId: spans[0]?.traceId ?? '', parentSpanId: spans[0]?.spanId ?? '', startUnixMs };
      const slowSteps = Array.from({ length: 8 }, () => otlpSpan({ ...step, attributes: { slow: true } }));
      return { spans: [...spans, ...slowSteps] };
    });
    const { url } = await started(startLegacyJaeger({ traces, store: 'cassandra' }));
    const { events, stderr } = await slowJson(url, '--limit', '9999');
    expect(events).toHaveLength(1500);
    expect(stderr).toBe('');
  });

  it('takes an address with a base path and a trailing slash', async () => {
    const { url } = await started(
      startV3Jaeger({ traces: [slowTrace({ traceId: TRACE_ID })], basePath: '/jaeger' }),
    );
    const { events } = await slowJson(`${url}/jaeger/`);
    expect(events).toMatchObject([
      { traceUrl: expect.stringContaining(`${url}/jaeger/trace/${TRACE_ID}?uiFind=`) },
    ]);
  });

  it('asks the Jaeger of GRANTS_OTEL_JAEGER_URL where no source is named', async () => {
    const { url } = await started(startV3Jaeger({ traces: [slowTrace()] }));
    const { stdout } = await runCli(['slow'], { env: { GRANTS_OTEL_JAEGER_URL: `${url}/` } });
    expect(linesOf(stdout).at(-1)).toBe(
      `1 slow event matched, all shown; from ${url} (service grants-indexer, last 1h)`,
    );
  });

  it('counts an event once that two sources have', async () => {
    const trace = slowTrace();
    const [first, second] = await Promise.all([
      started(startV3Jaeger({ traces: [trace] })),
      started(startLegacyJaeger({ traces: [trace, slowTrace()] })),
    ]);
    expect((await slowJson(first.url, second.url)).events).toHaveLength(2);
  });

  it('signs in with the name and password of the address, and never shows them', async () => {
    const { url } = await started(
      startServer((request, response) => {
        const isIn =
          request.headers.authorization === `Basic ${Buffer.from('ann:s3cret').toString('base64')}`;
        response
          .writeHead(isIn ? 200 : 401, { 'content-type': 'application/json' })
          .end(JSON.stringify(RECORDED));
      }),
    );
    const { exitCode, stdout, stderr } = await runCli([
      'slow',
      url.replace('//', '//ann:s3cret@'),
      '--since',
      '2020-01-01',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${url}/trace/`);
    expect(stdout + stderr).not.toContain('s3cret');
  });
});

describe('grants-otel slow on what does not answer as a Jaeger', () => {
  async function failure(handle: Parameters<typeof startServer>[0]) {
    const { url } = await started(startServer(handle));
    const { exitCode, stdout, stderr } = await runCli(['slow', url]);
    expect(stdout).toBe('');
    expect(linesOf(stderr)).toHaveLength(1);
    expect(exitCode).toBe(3);
    return stderr.replaceAll(url, 'URL');
  }

  it('says so of a page of HTML', async () => {
    const line = await failure((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    );
    expect(line).toBe(
      'grants-otel: URL does not answer as a Jaeger does (200, text/html); expected its query address, such as http://localhost:16686\n',
    );
  });

  it('names the place it is redirected to, and does not follow', async () => {
    const line = await failure((_, response) =>
      response.writeHead(302, { location: 'https://login.example/' }).end(),
    );
    expect(line).toBe(
      'grants-otel: URL redirects to https://login.example/ (302); name the Jaeger behind it, redirects are not followed\n',
    );
  });

  it('says that a sign-in is wanted', async () => {
    expect(await failure((_, response) => response.writeHead(401).end())).toMatch(
      /^grants-otel: URL .* \(401\)/,
    );
  });

  it('passes on what Jaeger says is wrong', async () => {
    const message = 'cannot query for duration and tags simultaneously\nand more';
    const line = await failure((_, response) =>
      response
        .writeHead(500, { 'content-type': 'text/plain' })
        .end(JSON.stringify({ error: { httpCode: 500, message } })),
    );
    expect(line).toBe(
      'grants-otel: URL refuses the search (500): cannot query for duration and tags simultaneously\n',
    );
  });

  it('says that nothing listens there, and answers from the others', async () => {
    const dead = await deadUrl();
    const { url } = await started(startV3Jaeger({ traces: [slowTrace()] }));
    const { exitCode, stdout, stderr } = await runCli(['slow', dead, url]);
    expect(linesOf(stdout).at(-1)).toContain('1 slow event matched');
    expect(stderr).toBe(
      `grants-otel: ${dead} cannot be asked: nothing listens there; is Jaeger running, and is this its query port (16686)?\n`,
    );
    expect(exitCode).toBe(3);
  });

  it('asks no more whether this is the right port where it has answered before', async () => {
    const traces = Array.from({ length: 500 }, (_, at) =>
      slowTrace({ startUnixMs: minutesAgo(50) + at * 1000 }),
    );
    const jaeger = await started(startV3Jaeger({ traces }));
    let count = 0;
    const { url } = await started(
      startServer((request, response) => {
        if (++count > 2) response.destroy();
        else
          fetch(new URL(request.url ?? '/', jaeger.url)).then(async (answer) =>
            response
              .writeHead(answer.status, { 'content-type': 'application/json' })
              .end(await answer.text()),
          );
      }),
    );
    const { exitCode, stdout, stderr } = await runCli(['slow', url]);
    expect(linesOf(stdout).at(-1)).toContain(`from a part of ${url}`);
    expect(stderr).toMatch(
      /^grants-otel: http:\S+ cannot be asked: the connection was (closed|reset); it answered before, so ask again, and look at its log if that does not help\n$/,
    );
    expect(exitCode).toBe(3);
    const first = await failure((_, response) => response.destroy());
    expect(first).toMatch(/is this an HTTP port, and Jaeger's query port \(16686\)\?\n$/);
  });

  it.each([1, 9, 6000])('says that Node connects to no server on port %i', async (port) => {
    const { exitCode, stderr } = await runCli(['slow', `http://127.0.0.1:${port}`]);
    expect(stderr).toBe(
      `grants-otel: http://127.0.0.1:${port} cannot be asked: Node connects to no HTTP server on this port; have Jaeger answer on another, such as 16686\n`,
    );
    expect(exitCode).toBe(3);
  });

  it('gives up on a server that does not answer', async () => {
    const { url } = await started(startServer(() => {}));
    const source = createJaegerSource({ address: { baseUrl: url, headers: {} }, timeoutMs: 50 });
    const search = {
      sinceUnixMs: 0,
      serviceName: 'grants-indexer',
      filter: { spans: 'events' },
      fields: [],
      onNote: () => {},
    } as const;
    const spans = source.read(search)[Symbol.asyncIterator]().next();
    await expect(spans).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `${url} did not answer within 0.05 s; ask for less (--since) or look at its load`,
    });
  });

  it('does not ask for ever where a server takes no notice of the times', async () => {
    const batch = {
      result: {
        resourceSpans: Array.from({ length: 3000 }, () => slowTrace()).flatMap(({ spans }) => [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'grants-indexer' } }] },
            scopeSpans: [{ spans: spans.slice(0, 1) }],
          },
        ]),
      },
    };
    const body = JSON.stringify(batch);
    const { url, requests } = await started(
      startServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body)),
    );
    const { events, stderr, exitCode } = await slowJson(url, '--limit', '9999');
    expect(events).toHaveLength(3000);
    expect(stderr).toMatch(/takes no notice of the times asked for.* left out\n/);
    expect(exitCode).toBe(3);
    expect(requests.length).toBeLessThanOrEqual(100);
  });
});
