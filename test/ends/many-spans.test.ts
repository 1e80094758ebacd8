import { describe, expect, test } from 'vitest';
import { expectSame, runBoth } from './run-both.js';

describe('50,000 spans that ended within the last second', () => {
  test.each([['natural'], ['process.exit'], ['SIGTERM'], ['an uncaught error']])('%s', async (way) => {
    const both = await runBoth(['test/ends/hosts/many-spans.mjs', way], {
      signal: way === 'SIGTERM' ? 'SIGTERM' : undefined,
      // What is promised is that nothing is lost, not how fast a busy machine is.
      env: { GRANTS_OTEL_EXIT_TIMEOUT_MS: '50000' },
    });
    expectSame(both);
    expect(both.spans).toHaveLength(50_000);
    expect(new Set(both.spans.map((span) => span.spanId)).size).toBe(50_000);
  });
});
