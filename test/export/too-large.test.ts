import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Behaviour, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runHost } from './hosts/run-host.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '20' });
const uniqueIds = () => new Set(receiver.spans().map((span) => span.spanId)).size;

describe('413 for what is too large', () => {
  const TOO_LARGE: Behaviour = { mode: 'status', status: 413 };
  const tracesIn = (spans: readonly { traceId: string }[]) =>
    new Set(spans.map(({ traceId }) => traceId)).size;

  it.each([
    ['http/json', 'none', 40_000],
    ['http/protobuf', 'none', 20_000],
    ['http/json', 'gzip', 8_000],
  ] as const)(
    '%s, compression %s: it is sent in parts, and nothing is lost',
    async (otlp, compression, most) => {
      receiver.behave((_, { byteLength }) => (byteLength > most ? TOO_LARGE : { mode: 'ok' }));
      const result = await runHost(
        { spans: 2000, spansPerTrace: 10, otlp, end: 'process.exit' },
        { env: { ...env(), OTEL_EXPORTER_OTLP_COMPRESSION: compression } },
      );

      expect(receiver.requests.some(({ byteLength }) => byteLength > most)).toBe(true);
      expect(result).toMatchObject({ code: 7, stderr: '' });
      expect(receiver.spans()).toHaveLength(2000);
      expect(uniqueIds()).toBe(2000);
      expect(tracesIn(receiver.spans())).toBe(200);
      const taken = receiver.requests.filter(({ byteLength }) => byteLength <= most);
      expect(taken.every(({ spanCount }) => spanCount % 10 === 0)).toBe(true);
    },
  );

  it('it is cut before it is sent, once that is known', async () => {
    const most = 100_000;
    receiver.behave((_, { byteLength }) => (byteLength > most ? TOO_LARGE : { mode: 'ok' }));
    const result = await runHost(
      { spans: 20_000, spansPerTrace: 10, end: 'process.exit', exitTimeoutMs: 50_000 },
      { env: env() },
    );

    expect(result).toMatchObject({ code: 7, stderr: '' });
    expect(receiver.spans()).toHaveLength(20_000);
    expect(uniqueIds()).toBe(20_000);
    // Of some 40 batches, of which up to four are sent at a time.
    expect(receiver.requests.filter(({ byteLength }) => byteLength > most).length).toBeLessThan(13);
  });

  it('one trace alone is cut, too', async () => {
    receiver.behave((_, { byteLength }) => (byteLength > 100_000 ? TOO_LARGE : { mode: 'ok' }));
    const result = await runHost({ spans: 1500, spansPerTrace: 1500 }, { env: env() });

    expect(receiver.requests.length).toBeGreaterThan(3);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(receiver.spans()).toHaveLength(1500);
    expect(uniqueIds()).toBe(1500);
  });

  it('away between two parts: those that are left arrive later, none of them twice', async () => {
    receiver.behave((index, { byteLength }) => {
      if (byteLength > 100_000) return TOO_LARGE;
      return index > 1 && index < 5 ? { mode: 'status', status: 503 } : { mode: 'ok' };
    });
    const result = await runHost({ spans: 500, spansPerTrace: 10, end: 'process.exit' }, { env: env() });

    expect(result).toMatchObject({ code: 7, stderr: '' });
    expect(receiver.spans()).toHaveLength(500);
    expect(uniqueIds()).toBe(500);
  });

  it('413 whatever is sent: that ends soon, and all is counted', async () => {
    receiver.behave(TOO_LARGE);
    const result = await runHost({ spans: 1000, spansPerTrace: 10 }, { env: env() });

    expect(receiver.requests.length).toBeLessThan(100);
    expect(result.lines.at(-1)).toBe('1000 spans lost: 1000 HTTP 413 Payload Too Large');
  });

  it.each<[string, (Behaviour | undefined)[]]>([
    ['is told as lost', [{ mode: 'ok' }]],
    [
      'is told as lost once, where a part was refused before',
      [{ mode: 'ok' }, { mode: 'status', status: 400 }],
    ],
  ])('some parts arrive, then it is away: what did not arrive %s', async (_, first) => {
    const behaviours = [...first];
    receiver.behave((_index, { byteLength }) => {
      if (byteLength > 60_000) return TOO_LARGE;
      return behaviours.shift() ?? { mode: 'status', status: 503 };
    });
    const result = await runHost(
      { spans: 500, spansPerTrace: 10, end: 'process.exit', exitTimeoutMs: 4000 },
      { env: env() },
    );

    const [, lost] = /^(\d+) spans lost/.exec(result.lines.at(-1) ?? '') ?? [];
    expect(uniqueIds()).toBeGreaterThan(0);
    expect(Number(lost) + uniqueIds()).toBe(500);
  });

  it('never answers after it: what is given up at the end is counted once', async () => {
    receiver.behave((index) => (index === 0 ? TOO_LARGE : { mode: 'never answers' }));
    const result = await runHost(
      { spans: 500, spansPerTrace: 10, end: 'process.exit', exitTimeoutMs: 300 },
      { env: env() },
    );

    expect(result.code).toBe(7);
    expect(result.lines.at(-1)).toBe('500 spans lost: 500 no answer within 300 ms');
  });
});
