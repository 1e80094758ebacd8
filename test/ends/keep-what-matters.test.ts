import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ReceivedSpan, type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

/** The traces of a host that arrived, each with its event span's name and the names of its spans. */
async function runHost(keepRatio: string, host: readonly string[]) {
  const args = ['--require', './instrumentation', ...host];
  const ended = await runNode(args, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      GRANTS_OTEL_KEEP_RATIO: keepRatio,
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '100',
      GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: 'InsertDonation=15,S.SlowStep=60000,S.Fast=60000',
      OTEL_LOG_LEVEL: 'error',
    },
  });
  expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  const traces = new Map<string, ReceivedSpan[]>();
  for (const span of receiver.spans()) {
    traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  }
  return [...traces.values()].map((spans) => {
    const root = spans.find((span) => !span.parentSpanId);
    const names = spans.map(({ name }) => name).sort();
    return { name: root?.name, traceId: root?.traceId ?? '', root, spanCount: spans.length, names };
  });
}

const run = (keepRatio: string, fastEvents: number) =>
  runHost(keepRatio, ['test/ends/hosts/kept.mjs', String(fastEvents)]);

const others = [
  { name: 'S.Failed', spanCount: 3 },
  { name: 'S.FailedStep', spanCount: 3 },
  { name: 'S.Interrupted', spanCount: 3 },
  { name: 'S.LeftBehind', spanCount: 3 },
  { name: 'S.Slow', spanCount: 3 },
  { name: 'S.SlowStep', spanCount: 3 },
];
const byName = (one: { name: string | undefined }, other: { name: string | undefined }) =>
  String(one.name).localeCompare(String(other.name));

describe('with GRANTS_OTEL_KEEP_RATIO', () => {
  test('0, only what matters is exported, whole: slow, with a slow step, failed, with a failed step, interrupted', async () => {
    const traces = await run('0', 50);
    expect(traces.map(({ name, spanCount }) => ({ name, spanCount })).sort(byName)).toEqual(others);
    for (const { root } of traces) expect(root?.attributes).not.toHaveProperty('keepRatio');
  });

  test('0.01, 1 % of the fast traces is exported as well, chosen by trace id, and says so', async () => {
    const traces = await run('0.01', 10_000);
    const fast = traces.filter(({ name }) => name === 'S.Fast');
    const rest = traces.filter(({ name }) => name !== 'S.Fast');
    expect(rest.map(({ name, spanCount }) => ({ name, spanCount })).sort(byName)).toEqual(others);
    // 100 are expected; fewer than 50 or more than 160 come once in a million runs.
    expect(fast.length).toBeGreaterThan(50);
    expect(fast.length).toBeLessThan(160);
    for (const { root, spanCount, traceId } of fast) {
      expect(spanCount).toBe(3);
      expect(root?.attributes['keepRatio']).toBe(0.01);
      expect(Number.parseInt(traceId.slice(-14), 16) / 2 ** 56).toBeLessThan(0.01);
    }
  });

  test.each([
    { ratio: '0', expected: [['BelowIt', 'LateStep', 'S.Slow', 'handleEvent'], ['LateFailure']] },
    {
      ratio: '1',
      expected: [
        ['BelowIt', 'LateStep', 'S.Slow', 'handleEvent'],
        ['LateFailure', 'S.Fast', 'handleEvent'],
      ],
    },
  ])(
    '$ratio, a step that begins when its event is over is exported where its event was, or where it failed',
    async ({ ratio, expected }) => {
      const traces = await runHost(ratio, ['test/ends/hosts/late-steps.mjs']);
      expect(traces.map(({ names }) => names).sort()).toEqual(expected);
    },
  );
});
