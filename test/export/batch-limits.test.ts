import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBatchLimits } from '../../instrumentation/export/batch-limits.js';

const limitsWith = (variables: Readonly<Record<string, string>>, maxHeldSpans = 65_536) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return readBatchLimits(maxHeldSpans);
};
const sizeOf = (spans: string) => ({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: spans });
const delayOf = (ms: string) => ({ OTEL_BSP_SCHEDULE_DELAY: ms });
afterEach(() => vi.unstubAllEnvs());

describe('a batch', () => {
  it('is what the standard variables say, and by default what they say everywhere', () => {
    expect(limitsWith({})).toEqual({ delayMs: 1000, maxSpans: 512 });
    expect(limitsWith({ ...sizeOf('2048'), ...delayOf('20') })).toEqual({ delayMs: 20, maxSpans: 2048 });
  });

  it.each(['0', '-1', '1.5', 'many'])('heeds no size of %s spans', (spans) => {
    expect(limitsWith(sizeOf(spans)).maxSpans).toBe(512);
  });

  it.each(['-1', '3000000000', 'soon'])('heeds no delay of %s ms', (ms) => {
    expect(limitsWith(delayOf(ms)).delayMs).toBe(1000);
  });

  it('is at most a quarter of what may be held, and at least a span', () => {
    expect(limitsWith(sizeOf('5000'), 1000).maxSpans).toBe(250);
    expect(limitsWith({}, 1).maxSpans).toBe(1);
  });
});
