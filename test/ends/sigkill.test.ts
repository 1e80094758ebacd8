import { expect, test } from 'vitest';
import { startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';

const SCHEDULE_DELAY_MS = 200;

test('a process that is killed has sent every trace that ended more than one batch delay before', async () => {
  const receiver = await startReceiver();
  const arrived = () => new Set(receiver.spans().map((span) => span.attributes['logIndex']));
  let endedInTime = -1;
  let killed = false;
  const ended = await runNode(['--require', './instrumentation', 'test/ends/hosts/until-killed.mjs'], {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: String(SCHEDULE_DELAY_MS),
    },
    onStdout: (text, child) => {
      if (killed || receiver.requests.length < 2) return;
      killed = true;
      endedInTime = Number(text.trimEnd().split('\n').at(-1));
      // The delay, and what it takes to send and to receive.
      setTimeout(() => child.kill('SIGKILL'), 3 * SCHEDULE_DELAY_MS);
    },
  });
  expect(ended.signal).toBe('SIGKILL');
  expect(endedInTime).toBeGreaterThan(0);
  const indexes = arrived();
  for (let logIndex = 0; logIndex <= endedInTime; logIndex++) expect(indexes).toContain(logIndex);
  await receiver.close();
});
