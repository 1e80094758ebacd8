import { describe, expect, it } from 'vitest';
import type { EventPoints } from '../../src/cli/report/event-points.js';
import { histogramOf } from '../../src/cli/report/histogram.js';
import { overTimeOf } from '../../src/cli/report/over-time.js';
import { SOME_TIME } from '../traces/otlp-spans.js';

/** Events one after the other, 100 ms apart. */
function events(count: number, durationOf: (at: number) => number, classOf = (_: number) => 0): EventPoints {
  return {
    count,
    startUnixMs: Float64Array.from({ length: count }, (_, at) => SOME_TIME + at * 100),
    durationMs: Float64Array.from({ length: count }, (_, at) => durationOf(at)),
    pointClass: Uint8Array.from({ length: count }, (_, at) => classOf(at)),
    weight: new Float32Array(count).fill(1),
  };
}

/** Durations from 1 ms to 1 s that hit every part of the picture. */
const scattered = (at: number): number => 10 ** (((at * 7919) % 3000) / 1000);

/** The triples of one class. */
function cellsOf(base64 = ''): [number, number, number][] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 6 }, (_, at) => [
    bytes.readUInt16LE(at * 6),
    bytes.readUInt16LE(at * 6 + 2),
    bytes.readUInt16LE(at * 6 + 4),
  ]);
}

describe('the picture of durations over time', () => {
  it('has each of some thousand events in its place, by class', () => {
    const { cells, isBinned, columns, rows } = overTimeOf(
      events(
        3,
        (at) => 10 ** at,
        (at) => at,
      ),
    );
    expect(isBinned).toBe(false);
    const [[fast], [slow], [failed]] = [cellsOf(cells[0]), cellsOf(cells[1]), cellsOf(cells[2])];
    expect(fast?.[0]).toBe(0);
    expect(slow?.[0]).toBe(columns / 2);
    expect(failed?.[0]).toBe(columns - 1);
    expect(slow?.[1]).toBe(rows / 2);
    expect(Number(failed?.[1]) + Number(fast?.[1])).toBe(rows - 1);
  });

  it('adds up a million, none lost, in less than 1.5 MB', () => {
    const { cells, isBinned } = overTimeOf(events(1_000_000, scattered, (at) => (at % 100 === 0 ? 1 : 0)));
    expect(isBinned).toBe(true);
    const counts = cells.map((base64) => cellsOf(base64).reduce((sum, [, , count]) => sum + count, 0));
    expect(counts).toEqual([990_000, 10_000, 0]);
    expect(cells.join('').length).toBeLessThan(1_500_000);
  });

  it('has percentiles of equal parts of the time, and null where there was nothing', () => {
    const { startUnixMs, ...rest } = events(200, (at) => 1 + (at % 10));
    const gap = startUnixMs.map((start, at) => (at < 100 ? start : start + 80_000));
    const { parts } = overTimeOf({ ...rest, startUnixMs: gap });
    expect(parts.counts).toEqual([100, 0, 0, 0, 100]);
    expect(parts.p50Ms).toEqual([5, null, null, null, 5]);
    expect(parts.p95Ms).toEqual([10, null, null, null, 10]);
    expect(parts.maxMs).toEqual([10, null, null, null, 10]);
  });

  it('draws a single event, of no duration at that', () => {
    const { fromUnixMs, toUnixMs, lowLog, highLog, cells } = overTimeOf(events(1, () => 0));
    expect(toUnixMs).toBeGreaterThan(fromUnixMs);
    expect(highLog).toBeGreaterThan(lowLog);
    expect(cellsOf(cells[0])).toHaveLength(1);
  });
});

describe('the histogram', () => {
  it('counts every event, by class, in equal steps of the logarithm', () => {
    const { lowLog, stepLog, fast, slow, failed } = histogramOf(events(3000, scattered, (at) => at % 3));
    expect(lowLog).toBeCloseTo(0);
    expect(lowLog + stepLog * fast.length).toBeCloseTo(3);
    const sums = [fast, slow, failed].map((counts) => counts.reduce((sum, count) => sum + count, 0));
    expect(sums).toEqual([1000, 1000, 1000]);
  });

  it('counts an event that was kept for others as often as it stands for', () => {
    const points = events(2, () => 10);
    const { fast } = histogramOf({ ...points, weight: Float32Array.of(1, 10) });
    expect(fast).toEqual([11]);
  });
});
