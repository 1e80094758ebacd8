import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clockOriginMs } from '../../instrumentation/trace-clock.js';

const OLD_MS = 1_700_000_000_000;
/** Of the fine clock, in ms. */
let fineMs = 0;

/** Has the system's clock, which tells whole ms, say what the fine one does, so much later than it. */
function setClocks(originMs: number): void {
  vi.spyOn(performance, 'now').mockImplementation(() => fineMs);
  vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(originMs + fineMs));
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** The origins of 50 traces that begin a third of a millisecond after each other. */
function origins(): number[] {
  return Array.from({ length: 50 }, () => {
    fineMs += 1 / 3;
    return clockOriginMs();
  });
}

describe('the origin of the fine clock', () => {
  test('is the same for all traces while the clocks agree, and within a millisecond of the true one', () => {
    setClocks(OLD_MS + 0.4);
    const [first = 0] = origins();
    const others = origins();
    expect(new Set(others).size).toBe(1);
    expect(Math.abs((others[0] ?? 0) - (OLD_MS + 0.4))).toBeLessThanOrEqual(1);
    expect(Math.abs(first - (OLD_MS + 0.4))).toBeLessThanOrEqual(1);
  });

  test.each([-3_600_000, -2, 2, 3_600_000])("follows the system's clock that was set by %i ms", (byMs) => {
    setClocks(OLD_MS);
    origins();
    setClocks(OLD_MS + byMs);
    for (const origin of origins()) expect(Math.abs(origin - (OLD_MS + byMs))).toBeLessThanOrEqual(1);
  });

  test('goes on where a clock of the application’s own told no time', () => {
    setClocks(OLD_MS);
    const origin = origins().at(-1);
    vi.spyOn(Date, 'now').mockImplementation(() => Number.NaN);
    expect(origins().at(-1)).toBe(origin);
  });

  test('does not move because the thread was held up between two looks at the clocks', () => {
    setClocks(OLD_MS + 0.4);
    origins();
    const origin = clockOriginMs();
    vi.spyOn(Date, 'now').mockImplementation(() => {
      const wholeMs = Math.floor(OLD_MS + 0.4 + fineMs);
      fineMs += 20;
      return wholeMs;
    });
    expect(origins().at(-1)).toBe(origin);
  });
});
