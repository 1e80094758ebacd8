import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** Runs leaves-in-part.mjs with room for 800 spans; the collector takes the first request, and all others when the host is through. */
async function run(...args: number[]) {
  let isThrough = false;
  receiver.behave((index) => (index === 0 || isThrough ? { mode: 'ok' } : { mode: 'status', status: 503 }));
  const host = ['test/ends/hosts/leaves-in-part.mjs', ...args.map(String)];
  const ended = await runNode(['--require', './instrumentation', ...host], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_MAX_HELD_SPANS: '800' },
    onStdout: (text) => {
      isThrough ||= text.includes('through');
    },
  });
  const traces = new Map<string, ReceivedSpan[]>();
  for (const span of receiver.spans()) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  const sizes = (isLong: boolean) =>
    [...traces.values()]
      .filter((spans) => isLong === spans.length > 10)
      .map((spans) => ({ spans: spans.length, hasRoot: spans.some((span) => !span.parentSpanId) }));
  return { ended, long: sizes(true), short: sizes(false) };
}

describe('a trace that leaves in parts, with a collector that fails in between', () => {
  test('has room for the rest of it, and others are given up whole', async () => {
    const { ended, long, short } = await run(450, 100, 20);
    expect(ended).toMatchObject({ code: 0, stdout: 'through\n' });
    expect(long).toEqual([{ spans: 471, hasRoot: true }]);
    expect(short.length).toBeLessThan(100);
    for (const trace of short) expect(trace).toEqual({ spans: 10, hasRoot: true });
    const lost = 10 * (100 - short.length);
    expect(ended.stderr).toContain(
      `grants-otel: ${lost} spans lost: ${lost} past GRANTS_OTEL_MAX_HELD_SPANS\n`,
    );
  });

  test('is cut where its rest has no room at all, and the last line says so', async () => {
    const { ended, long, short } = await run(450, 100, 2000);
    expect(ended).toMatchObject({ code: 0, stdout: 'through\n' });
    expect(long).toEqual([{ spans: expect.any(Number), hasRoot: false }]);
    for (const trace of short) expect(trace).toEqual({ spans: 10, hasRoot: true });
    expect(ended.stderr).toMatch(
      /spans lost: \d+ past GRANTS_OTEL_MAX_HELD_SPANS, of traces that had left in part; \d+ past GRANTS_OTEL_MAX_HELD_SPANS\n/,
    );
  });
});
