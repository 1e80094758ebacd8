import { SpanKind } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { largestSelfTime, type TimedSpan } from '../../instrumentation/self-time.js';

const START_MS = 1_700_000_000_000;

function span(
  spanId: string,
  [fromMs, toMs]: [number, number | undefined],
  more: { parent?: string; name?: string; kind?: SpanKind } = {},
): TimedSpan {
  return {
    spanId,
    parentSpanId: more.parent,
    name: more.name ?? spanId,
    kind: more.kind ?? SpanKind.INTERNAL,
    startMs: START_MS + fromMs,
    endMs: toMs === undefined ? undefined : START_MS + toMs,
  };
}

const root = span('root', [0, 100]);

describe('the span with the largest self time', () => {
  test('is the root where nothing below it took long', () => {
    expect(largestSelfTime(root, [span('a', [0, 10], { parent: 'root' })])).toEqual({
      name: 'root',
      selfMs: 90,
    });
  });

  test('is told from the union of the children, which may overlap', () => {
    const spans = [
      span('a', [0, 60], { parent: 'root' }),
      span('b', [40, 90], { parent: 'root' }),
      span('c', [45, 50], { parent: 'root' }),
    ];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'a', selfMs: 60 });
  });

  test('is no wait for statements of the same trace, but one for those of others', () => {
    const client = { kind: SpanKind.CLIENT };
    const statements = [
      span('one', [0, 90], { parent: 'root' }),
      span('two', [0, 95], { parent: 'root' }),
      span('slow', [2, 88], { ...client, parent: 'one', name: 'pg.query:UPDATE' }),
      span('wait', [1, 89], { ...client, parent: 'two', name: 'pg.queue' }),
    ];
    expect(largestSelfTime(root, statements)).toEqual({ name: 'one > pg.query:UPDATE', selfMs: 86 });
    expect(largestSelfTime(root, [statements[1], statements[3]] as TimedSpan[])).toEqual({
      name: 'two > pg.queue',
      selfMs: 88,
    });
  });

  test('does not count what a child took outside of its parent', () => {
    const spans = [span('a', [0, 40], { parent: 'root' }), span('b', [30, 200], { parent: 'a' })];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'root', selfMs: 60 });
  });

  test('counts a child that is still open to the end of the root', () => {
    const spans = [span('a', [10, undefined], { parent: 'root' })];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'a', selfMs: 90 });
  });

  test('counts a span whose parent is unknown as a child of the root', () => {
    const spans = [span('a', [0, 95], { parent: 'gone' })];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'a', selfMs: 95 });
  });

  test('names SQL and pool spans after the nearest step above them', () => {
    const spans = [
      span('step', [0, 100], { parent: 'root', name: 'applyChanges' }),
      span('pool', [0, 95], { parent: 'step', name: 'pg-pool.connect', kind: SpanKind.CLIENT }),
      span('connect', [1, 90], { parent: 'pool', name: 'pg.connect', kind: SpanKind.CLIENT }),
    ];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'applyChanges > pg.connect', selfMs: 89 });
  });

  test('is the one that started first where two took the same', () => {
    const spans = [span('a', [0, 50], { parent: 'root' }), span('b', [50, 100], { parent: 'root' })];
    expect(largestSelfTime(root, spans)).toEqual({ name: 'a', selfMs: 50 });
  });
});
