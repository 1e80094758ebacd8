import { describe, expect, it } from 'vitest';
import { createDurations } from '../../src/traces/durations.js';

/** The same on every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** By definition: the least value that at least this share of all do not exceed. */
function percentileOf(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}

describe('durations', () => {
  it('have exact percentiles', () => {
    const random = pseudoRandom(1);
    const values = Array.from({ length: 997 }, () => random() ** 4 * 10_000);
    const durations = createDurations(() => 1).create();
    for (const value of values) durations.add(value, 0);
    const result = durations.finish();
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      expect(result.percentileMs(share)).toBe(percentileOf(values, share));
    }
    expect(result).toMatchObject({
      count: 997,
      isExact: true,
      isWeighted: false,
      maxMs: Math.max(...values),
    });
  });

  it('that count several times have the percentiles of as many', () => {
    const random = pseudoRandom(2);
    const values = Array.from({ length: 301 }, (_, at) => ({
      ms: random() * 100,
      weight: at % 3 === 0 ? 4 : 1,
    }));
    const durations = createDurations((traceAt) => values[traceAt]?.weight ?? 1).create();
    for (const [at, { ms }] of values.entries()) durations.add(ms, at);
    const repeated = values.flatMap(({ ms, weight }) => Array.from({ length: weight }, () => ms));
    const result = durations.finish();
    for (const share of [0.01, 0.25, 0.5, 0.95, 0.99]) {
      expect(result.percentileMs(share)).toBe(percentileOf(repeated, share));
    }
    expect(result.count).toBe(repeated.length);
    expect(result.totalMs).toBeCloseTo(repeated.reduce((sum, ms) => sum + ms, 0));
  });

  it('of more than a million have percentiles within the stated error, and exact sums; small sets stay exact', () => {
    const random = pseudoRandom(3);
    const all = createDurations(() => 1);
    const [large, small] = [all.create(), all.create()];
    const values = Float64Array.from({ length: 1_300_000 }, () => random() ** 6 * 60_000 + 0.05);
    for (const value of values) large.add(value, 0);
    for (const value of [1, 2, 3]) small.add(value, 0);
    const result = large.finish();
    values.sort();
    expect(result).toMatchObject({
      isExact: false,
      count: values.length,
      minMs: values[0],
      maxMs: values.at(-1),
    });
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
      expect(Math.abs(result.percentileMs(share) / exact - 1)).toBeLessThan(0.0051);
    }
    const rest = small.finish();
    expect([rest.isExact, rest.percentileMs(0.5)]).toEqual([true, 2]);
  });
});
