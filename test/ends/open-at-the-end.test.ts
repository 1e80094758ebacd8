import { describe, expect, test } from 'vitest';
import { startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';

async function end({ listeners = 0, open = 1, afterMs = 0, way = 'exit' }) {
  const receiver = await startReceiver({ behaviour: { mode: 'late', afterMs } });
  try {
    const host = ['test/ends/hosts/open-at-the-end.mjs', String(listeners), String(open), way];
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_EXIT_TIMEOUT_MS: '50000' };
    const ended = await runNode(['--require', './instrumentation', ...host], {
      env: { ...env, GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1500' },
    });
    return { ended, spans: receiver.spans() };
  } finally {
    await receiver.close();
  }
}

describe('what is open when the process ends', () => {
  test.each([
    [0, 'exit'],
    [1, 'exit'],
    [2, 'exit'],
    [1, 'uncaught'],
  ])(
    'does not take the time that a slow collector takes: %i listeners for exit, %s',
    async (listeners, way) => {
      const { ended, spans } = await end({ listeners, afterMs: 1900, way });
      expect(ended).toEqual({ code: 3, signal: null, stdout: '', stderr: '' });
      expect(
        spans.map(({ name, attributes }) => [name, attributes['interrupted'], attributes['slow']]),
      ).toEqual([...Array(5).fill(['S.Done', undefined, undefined]), ['S.Open', true, undefined]]);
    },
  );

  test('is told as lost where there is too much of it', async () => {
    const { ended, spans } = await end({ open: 20_010 });
    expect(ended).toMatchObject({
      code: 3,
      stderr: 'grants-otel: 10 spans lost: 10 open to the end, of more than 20000 traces that were\n',
    });
    expect(spans).toHaveLength(20_005);
  });
});
