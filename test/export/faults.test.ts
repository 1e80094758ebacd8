import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { type RunningHost, runHost, startHost } from './hosts/run-host.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '20' });
const uniqueIds = () => new Set(receiver.spans().map((span) => span.spanId)).size;

async function endOf(host: RunningHost) {
  host.process.stdin.end();
  return host.result;
}

describe('a collector that does not take the spans', () => {
  it('away from the start: the end is not held up, and one line says what was lost', async () => {
    await receiver.close();
    const result = await runHost({ spans: 100, end: 'process.exit', exitTimeoutMs: 60_000 }, { env: env() });

    expect(result).toMatchObject({ code: 7, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([`100 spans lost: 100 connect ECONNREFUSED 127.0.0.1:${receiver.port}`]);
  });

  it('never answers: the end waits as long as it may, no longer', async () => {
    receiver.behave({ mode: 'never answers' });
    const result = await runHost({ spans: 100, exitTimeoutMs: 300 }, { env: env() });

    expect(result).toMatchObject({ code: 0, otherStderr: '' });
    expect(result.lines).toEqual(['100 spans lost: 100 no answer within 300 ms']);
  });

  it.each(['none', 'gzip'])(
    'away when large batches are sent, compression %s: nothing is given up',
    async (compression) => {
      const { port } = receiver;
      await receiver.close();
      const host = startHost(
        { spans: 20_000, spansPerTrace: 10, end: 'commands' },
        {
          env: {
            ...env(),
            OTEL_EXPORTER_OTLP_COMPRESSION: compression,
            OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5000',
          },
        },
      );
      expect(await host.command('flush')).toBe(20_000);
      receiver = await startReceiver({ port });
      await receiver.waitForSpans(20_000);
      const result = await endOf(host);

      expect(uniqueIds()).toBe(20_000);
      expect(result.lines).toEqual([
        `traces do not reach the collector: connect ECONNREFUSED 127.0.0.1:${port}`,
        'traces reach the collector again',
      ]);
    },
  );

  it('comes back: all that was held is delivered, once, with one line for each change', async () => {
    const { port } = receiver;
    const host = startHost({ spans: 100, spansPerTrace: 5, end: 'commands' }, { env: env() });
    expect(await host.command('flush')).toBe(0);
    await receiver.close();
    await host.command('send 20000');
    expect(await host.command('flush')).toBe(20_000);
    receiver = await startReceiver({ port });
    const spans = await receiver.waitForSpans(20_000);
    const result = await endOf(host);

    expect(new Set(spans.map((span) => span.spanId)).size).toBe(20_000);
    expect(result.lines).toEqual([
      `traces do not reach the collector: connect ECONNREFUSED 127.0.0.1:${port}`,
      'traces reach the collector again',
    ]);
  });

  const lines = [
    expect.stringMatching(/^traces do not reach the collector: /),
    'traces reach the collector again',
  ];
  const passing: [string, Behaviour][] = [
    ['503', { mode: 'status', status: 503 }],
    ['503 with Retry-After', { mode: 'status', status: 503, retryAfter: '1' }],
    ['429', { mode: 'status', status: 429 }],
    ['429 with Retry-After', { mode: 'status', status: 429, retryAfter: '1' }],
    ['resets', { mode: 'resets' }],
    ['bytes that are no HTTP', { mode: 'garbage' }],
  ];
  it.each(passing)('for a while, %s: all is delivered once when it is over', async (_, behaviour) => {
    receiver.behave((index) => (index < 2 ? behaviour : { mode: 'ok' }));
    const host = startHost({ spans: 3000, spansPerTrace: 10, end: 'commands' }, { env: env() });
    await receiver.waitForSpans(3000, 30_000);
    const result = await endOf(host);

    expect(receiver.spans()).toHaveLength(3000);
    expect(uniqueIds()).toBe(3000);
    expect(result.lines).toEqual(lines);
  });

  const silent: [string, Behaviour][] = [
    ['no answer', { mode: 'never answers' }],
    ['an answer a byte a second', { mode: 'slow bytes' }],
  ];
  it.each(silent)('for a while, %s: all is delivered when it is over', async (_, behaviour) => {
    receiver.behave((index) => (index < 2 ? behaviour : { mode: 'ok' }));
    const host = startHost(
      { spans: 3000, spansPerTrace: 10, end: 'commands' },
      { env: { ...env(), OTEL_EXPORTER_OTLP_TIMEOUT: '1000' } },
    );
    await receiver.waitForSpans(() => uniqueIds() === 3000, 30_000);
    const result = await endOf(host);

    expect(result.lines).toEqual(lines);
  });

  it('cuts off in the last flush: what is told as lost then is not sent afterwards', async () => {
    receiver.behave((index) => (index < 3 ? { mode: 'resets' } : { mode: 'ok' }));
    const host = startHost(
      { spans: 10, end: 'commands', exitTimeoutMs: 50_000 },
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } },
    );
    expect(await host.command('leave')).toBe(0);
    await host.command('send 5');
    await host.command('flush');
    const result = await endOf(host);

    expect(result.lines).toEqual([expect.stringMatching(/^10 spans lost: 10 /)]);
    expect(receiver.requests.map(({ spanCount }) => spanCount)).toEqual([10, 10, 10, 5]);
  });

  it('asks for more time than the end has: the end asks once more, and does not wait', async () => {
    receiver.behave({ mode: 'status', status: 503, retryAfter: '120' });
    const result = await runHost({ spans: 100, exitTimeoutMs: 25_000 }, { env: env() });

    expect(result.lines).toEqual(['100 spans lost: 100 HTTP 503 Service Unavailable']);
    expect(receiver.requests).toHaveLength(2);
  });

  it.each([
    ['in seconds', '100000'],
    ['as a date, by a clock that is an hour ahead', new Date(Date.now() + 3_600_000).toUTCString()],
  ])(
    'asked for more time than there is %s, and is well at the end: nothing is lost',
    async (_, retryAfter) => {
      receiver.behave((index) =>
        index === 0 ? { mode: 'status', status: 429, retryAfter } : { mode: 'ok' },
      );
      const host = startHost(
        { spans: 100, end: 'commands', exitTimeoutMs: 20_000 },
        { env: { ...env(), OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10' } },
      );
      // Not the last one: what the collector asked for holds.
      expect(await host.command('flush')).toBeGreaterThan(0);
      expect(await host.command('flush')).toBeGreaterThan(0);
      await endOf(host);

      expect(uniqueIds()).toBe(100);
      expect(receiver.spans()).toHaveLength(100);
    },
  );

  it.each([
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])(
    'is not asked again before the time that it named %s, not in the last flush either',
    async (_, retryAfter) => {
      let askedAgainAtMs = 0;
      receiver.behave((index) => {
        if (index > 0) return { mode: 'ok' };
        const text = retryAfter();
        askedAgainAtMs = /^\d+$/.test(text) ? Date.now() + Number(text) * 1000 : Date.parse(text);
        return { mode: 'status', status: 429, retryAfter: text };
      });
      const result = await runHost(
        { spans: 100, end: 'process.exit', exitTimeoutMs: 50_000 },
        { env: env() },
      );

      expect(result).toMatchObject({ code: 7, stderr: '' });
      expect(receiver.requests).toHaveLength(2);
      // A millisecond is what clocks and timers may differ by.
      expect(receiver.requests[1]?.receivedAtMs).toBeGreaterThanOrEqual(askedAgainAtMs - 1);
      expect(uniqueIds()).toBe(100);
    },
  );

  it.each<[string, Behaviour]>([
    ['cuts off', { mode: 'resets' }],
    ['answers garbage', { mode: 'garbage' }],
  ])('%s twice at the end, then is well: nothing is lost', async (_, behaviour) => {
    receiver.behave((index) => (index < 2 ? behaviour : { mode: 'ok' }));
    const result = await runHost({ spans: 100, end: 'process.exit', exitTimeoutMs: 50_000 }, { env: env() });

    expect(result).toMatchObject({ code: 7, stderr: '' });
    expect(uniqueIds()).toBe(100);
  });

  it('400 for a batch of a trace that is larger than a batch: the trace is dropped whole', async () => {
    receiver.behave((index) => (index === 0 ? { mode: 'status', status: 400 } : { mode: 'ok' }));
    const result = await runHost({ spans: 4500, spansPerTrace: 1500 }, { env: env() });

    expect(receiver.requests.map(({ spanCount }) => spanCount)).toEqual([1500, 1500, 1500]);
    expect(uniqueIds()).toBe(3000);
    expect(result.lines.at(-1)).toBe('1500 spans lost: 1500 HTTP 400 Bad Request');
  });

  it('503 at the end, then well again: the end waits, and nothing is lost', async () => {
    receiver.behave((index) => (index < 3 ? { mode: 'status', status: 503 } : { mode: 'ok' }));
    const result = await runHost({ spans: 100, end: 'process.exit' }, { env: env() });

    expect(result).toMatchObject({ code: 7, stderr: '' });
    expect(uniqueIds()).toBe(100);
  });

  it('400 for one batch: that batch is dropped and counted, the others arrive', async () => {
    receiver.behave((index) => (index === 0 ? { mode: 'status', status: 400 } : { mode: 'ok' }));
    const result = await runHost({ spans: 2000, spansPerTrace: 10 }, { env: env() });

    expect(uniqueIds()).toBe(2000 - 510);
    expect(result.lines.at(-1)).toBe('510 spans lost: 510 HTTP 400 Bad Request');
  });

  it.each(['http/json', 'http/protobuf'] as const)(
    'partial success over %s: what it rejected is counted',
    async (otlp) => {
      receiver.behave({ mode: 'partial success', rejectedSpans: 3, message: 'too old' });
      const result = await runHost({ spans: 100, otlp }, { env: env() });

      expect(result.lines.at(-1)).toBe('3 spans lost: 3 partial success: too old');
    },
  );

  it('partial success with more rejected than there was: no more are counted than the request had', async () => {
    receiver.behave({ mode: 'partial success', rejectedSpans: 999_999_999_999_999, message: 'too old' });
    const result = await runHost({ spans: 1000, spansPerTrace: 10 }, { env: env() });

    expect(result.lines.at(-1)).toBe('1000 spans lost: 1000 partial success: too old');
  });

  it('other words for every request: the line of what was lost stays short', async () => {
    receiver.behave((index) => ({
      mode: 'partial success',
      rejectedSpans: 1,
      message: `too old, ${index}`,
    }));
    const result = await runHost(
      { spans: 300, exitTimeoutMs: 50_000 },
      { env: { ...env(), OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' } },
    );

    expect(result.lines.at(-1)).toMatch(
      /^300 spans lost: (1 partial success: too old, \d+; ){5}295 for other reasons$/,
    );
  });

  it('partial success: a line says that not all is taken', async () => {
    receiver.behave({ mode: 'partial success', rejectedSpans: 3, message: 'too old' });
    const host = startHost({ spans: 100, end: 'commands' }, { env: env() });
    await host.command('flush');
    const result = await endOf(host);

    expect(result.lines).toEqual([
      'the collector does not take all spans: partial success: too old',
      '3 spans lost: 3 partial success: too old',
    ]);
  });

  it.each<[string, Behaviour]>([
    ['a body that is no OTLP', { mode: 'garbage body' }],
    ['a body that never ends', { mode: 'slow body' }],
  ])('200 with %s counts as delivered', async (_, behaviour) => {
    receiver.behave(behaviour);
    const result = await runHost({ spans: 100 }, { env: env() });

    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(receiver.spans()).toHaveLength(100);
  });

  it('200 with a page of HTML: nobody has taken the spans, and they are counted', async () => {
    receiver.behave((index) => (index < 3 ? { mode: 'page' } : { mode: 'ok' }));
    const result = await runHost({ spans: 2040, spansPerTrace: 10 }, { env: env() });

    expect(result).toMatchObject({ code: 0, otherStderr: '' });
    expect(uniqueIds()).toBe(2040 - 3 * 510);
    expect(result.lines.at(-1)).toBe(
      '1530 spans lost: 1530 HTTP 200 with a page of HTML, which no OTLP endpoint answers; is it the OTLP/HTTP port, 4318?',
    );
  });

  it('takes whole traces only: what goes past the limit is dropped as a whole trace, and counted', async () => {
    receiver.behave({ mode: 'late', afterMs: 300 });
    const settings = { maxHeldSpans: 1000 };
    const result = await runHost({ spans: 4998, spansPerTrace: 7, settings }, { env: env() });

    const sizes = new Map<string, number>();
    for (const { traceId } of receiver.spans()) sizes.set(traceId, (sizes.get(traceId) ?? 0) + 1);
    expect(new Set(sizes.values())).toEqual(new Set([7]));
    const lost = 4998 - uniqueIds();
    expect(lost).toBeGreaterThan(3900);
    expect(result.lines).toEqual([`${lost} spans lost: ${lost} past GRANTS_OTEL_MAX_HELD_SPANS`]);
  });

  it('away while spans are huge: no more wait than there is room for, and the rest is counted', async () => {
    await receiver.close();
    const result = await runHost({ spans: 0, end: 'huge attributes' }, { env: env() });

    const [, lost, past, away] = /^(\d+) spans lost: (\d+) .*; (\d+) /.exec(result.lines.at(-1) ?? '') ?? [];
    expect(result.lines.at(-1)).toContain('past 128 MB that wait to be sent');
    expect([Number(lost), Number(past) + Number(away)]).toEqual([200, 200]);
    expect(Math.min(Number(past), Number(away))).toBeGreaterThan(60);
  });

  it('takes nothing more of a trace that found no room', async () => {
    const settings = { maxHeldSpans: 10 };
    const result = await runHost(
      { spans: 0, end: 'one more span of a lost trace', settings },
      { env: env() },
    );

    expect(receiver.requests).toEqual([]);
    expect(result.lines).toEqual(['21 spans lost: 21 past GRANTS_OTEL_MAX_HELD_SPANS']);
  });
});
