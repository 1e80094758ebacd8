import { describe, expect, it } from 'vitest';
import { readRetryAfterMs } from '../../instrumentation/export/retry-after.js';

describe('how long a collector asks to wait', () => {
  it('is so many seconds', () => {
    expect(readRetryAfterMs('2')).toBe(2000);
  });

  it('is until a date', () => {
    const ms = readRetryAfterMs(new Date(Date.now() + 10_000).toUTCString()) ?? 0;
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(10_000);
  });

  it.each(['31', '100000', '9'.repeat(400), new Date(Date.now() + 3_600_000).toUTCString()])(
    'is heeded for 30 s at most: %s',
    (header) => {
      expect(readRetryAfterMs(header)).toBe(30_000);
    },
  );

  it.each([undefined, '', '0', '-1', 'soon', new Date(0).toUTCString()])('is nothing: %s', (header) => {
    expect(readRetryAfterMs(header)).toBeUndefined();
  });
});
