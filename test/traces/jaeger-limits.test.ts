import { describe, expect, it } from 'vitest';
import { createAnswerExtent } from '../../src/traces/jaeger/answer-limits.js';
import type { TraceQuery } from '../../src/traces/jaeger/jaeger-dialects.js';
import { createWindowPlan } from '../../src/traces/jaeger/window-plan.js';
import { readOtlpJson } from '../../src/traces/otlp-json.js';
import { otlpBatch, otlpSpan, SOME_TIME } from './otlp-spans.js';

const QUERY: TraceQuery = {
  serviceName: 'grants-indexer',
  attributes: {},
  minDurationMs: undefined,
  fromUnixMs: SOME_TIME,
  toUnixMs: SOME_TIME + 3_600_000,
  maxTraces: 100,
};

/** So many traces of so many spans, each span a ms after the one before it. */
function answer(traceCount: number, spanCount: number, fromUnixMs = SOME_TIME) {
  const spans = Array.from({ length: traceCount }, (_, trace) => {
    const { traceId } = otlpSpan({});
    return Array.from({ length: spanCount }, (_, at) =>
      otlpSpan({ traceId, startUnixMs: fromUnixMs + trace * spanCount + at }),
    );
  });
  return readOtlpJson(otlpBatch(spans.flat())).spans;
}

function extentOf(spans: ReturnType<typeof answer>, query: Partial<TraceQuery> = {}) {
  const extent = createAnswerExtent({ ...QUERY, ...query });
  extent.add(spans);
  return extent.result();
}

describe('an answer of Jaeger with a limit of 100 traces', () => {
  it.each([
    ['fewer traces', 99, 1, false],
    ['as many traces', 100, 1, true],
    ['as many spans as Cassandra looks at', 15, 20, true],
    ['a few more, whose index entries may be missing', 16, 20, true],
    ['twice as many, the oldest trace beyond them', 31, 20, false],
    ['many times as many', 90, 20, false],
    ['fewer spans', 11, 20, false],
  ])('with %s is cut: %j × %j %j', (_, traceCount, spanCount, isCut) => {
    expect(extentOf(answer(traceCount, spanCount))).toMatchObject({ traceCount, isCut });
  });

  it('counts the spans with the attribute that was asked for', () => {
    expect(extentOf(answer(20, 20), { attributes: { slow: 'true' } }).foundBy).toEqual([]);
  });

  it('counts all of the window where traces were found by what spans do not show', () => {
    expect(extentOf(answer(20, 20), { attributes: { region: 'eu' } }).isCut).toBe(true);
    expect(extentOf(answer(10, 20), { attributes: { region: 'eu' } }).isCut).toBe(false);
  });

  it('is astray where most of its traces have nothing in the window', () => {
    expect(extentOf(answer(20, 2, SOME_TIME - 3_600_000)).isAstray).toBe(true);
    expect(extentOf(answer(20, 2)).isAstray).toBe(false);
  });
});

describe('windows of time', () => {
  const whole = { fromUnixMs: 0, toUnixMs: 1_000_000 };

  /** Searches windows that hold at most 10 of the moments, and tells which of them came in a window that was not cut. */
  function search(moments: readonly number[]) {
    const plan = createWindowPlan(whole);
    const seen = new Set<number>();
    let count = 0;
    for (let window = plan.next(); window !== undefined; window = plan.next()) {
      const { fromUnixMs, toUnixMs } = window;
      count++;
      const inside = moments.filter((at) => at >= fromUnixMs && at <= toUnixMs).sort((a, b) => b - a);
      if (inside.length <= 10) {
        for (const at of inside) seen.add(at);
        plan.isDone(window, inside.length / 5);
      } else plan.isCut(window, inside[9] ?? 0, inside[0] ?? 0);
    }
    return { seen, count };
  }

  it('leave nothing out, however the moments lie', () => {
    const even = Array.from({ length: 100 }, (_, at) => at * 10_000);
    const bursts = Array.from({ length: 100 }, (_, at) => (at % 4) * 250_000 + at);
    const one = [0, 1_000_000, ...Array.from({ length: 20 }, (_, at) => 700_000 + at)];
    for (const moments of [even, bursts, one]) {
      const { seen, count } = search(moments);
      expect(seen.size).toBe(moments.length);
      expect(count).toBeLessThan(120);
    }
  });

  it('cannot be divided below a ms', () => {
    const plan = createWindowPlan({ fromUnixMs: 5, toUnixMs: 6 });
    const window = plan.next();
    expect(window && plan.isCut(window, 5, 6)).toBe(false);
    expect(plan.next()).toBeUndefined();
  });
});
