import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runHost } from './hosts/run-host.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
const uniqueIds = () => new Set(receiver.spans().map((span) => span.spanId)).size;

describe('whatever way the host ends, every span arrives once and the host ends as it would have', () => {
  it.each([
    ['natural', 0],
    ['process.exit', 7],
    ['exit in exit', 9],
    ['shutdown', 0],
  ])('%s', async (end, code) => {
    const result = await runHost({ spans: 100, spansPerTrace: 7, end }, { env: env() });

    expect(result).toMatchObject({ code, signal: null, stdout: 'hello\n', stderr: '' });
    expect(receiver.spans()).toHaveLength(100);
    expect(uniqueIds()).toBe(100);
  });

  it.each([['throw'], ['reject']])('%s', async (end) => {
    const result = await runHost({ spans: 100, end }, { env: env() });

    expect(result).toMatchObject({ code: 1, signal: null, stdout: 'hello\n', lines: [] });
    expect(result.otherStderr).toContain('the host failed');
    expect(uniqueIds()).toBe(100);
  });

  it('with spans that end in a listener for exit', async () => {
    const result = await runHost({ spans: 1, end: 'spans in exit' }, { env: env() });

    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(uniqueIds()).toBe(11);
  });

  it('with the first spans of all in a listener for exit', async () => {
    await runHost({ spans: 0, end: 'spans in exit' }, { env: env() });

    expect(uniqueIds()).toBe(10);
  });

  it('with 50,000 spans in the last moment', async () => {
    const result = await runHost(
      { spans: 50_000, spansPerTrace: 16, end: 'process.exit', exitTimeoutMs: 50_000 },
      { env: env() },
    );

    expect(result).toMatchObject({ code: 7, stderr: '' });
    expect(receiver.spans()).toHaveLength(50_000);
    expect(uniqueIds()).toBe(50_000);
  });
});
