import { describe, expect, it } from 'vitest';
import type { Span } from '../../src/traces/span.js';
import { buildSpanTree, walkTree } from '../../src/traces/span-tree.js';

interface Draft {
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly startMs?: number;
  readonly ms?: number;
}

function spanOf({ id, parent, name = id, startMs = 0, ms = 10 }: Draft): Span {
  return {
    traceId: 'ab'.repeat(16),
    spanId: id,
    parentSpanId: parent,
    name,
    kind: 'internal',
    serviceName: undefined,
    startUnixMs: 1000 + startMs,
    durationMs: ms,
    status: 'unset',
    attribute: () => undefined,
    details: { attributes: () => ({}), events: () => [] },
  };
}

/** Each span as `depth name self oddities`. */
function drawn(...drafts: readonly Draft[]): string[] {
  return [...walkTree(buildSpanTree(drafts.map(spanOf)))].map(({ depth, span, selfMs, oddities }) =>
    [depth, span.name, selfMs, ...oddities].join(' '),
  );
}

describe('the tree of a trace', () => {
  it('has children below their parents by their start, and what is left of each as self time', () => {
    expect(
      drawn(
        { id: 'c', parent: 'a', startMs: 50, ms: 20 },
        { id: 'b', parent: 'a', startMs: 10, ms: 30 },
        { id: 'a', ms: 100 },
        { id: 'd', parent: 'b', startMs: 15, ms: 5 },
      ),
    ).toEqual(['0 a 50', '1 b 25', '2 d 5', '1 c 20']);
  });

  it('counts once what children cover together, and nothing of them outside of their parent', () => {
    expect(
      drawn(
        { id: 'a', ms: 100 },
        { id: 'b', parent: 'a', startMs: 10, ms: 50 },
        { id: 'c', parent: 'a', startMs: 40, ms: 30 },
        { id: 'd', parent: 'a', startMs: 90, ms: 500 },
        { id: 'e', parent: 'a', startMs: 200, ms: 10 },
      ),
    ).toEqual(['0 a 30', '1 b 50', '1 c 30', '1 d 10', '1 e 0']);
  });

  it('hangs from the root what has lost its parent', () => {
    expect(drawn({ id: 'a', ms: 100 }, { id: 'b', parent: 'zz', startMs: 10 })).toEqual([
      '0 a 90',
      '1 b 10 parent missing',
    ]);
  });

  it('draws several roots where there is no single one', () => {
    expect(drawn({ id: 'b', parent: 'zz' }, { id: 'c', parent: 'b', startMs: 2, ms: 3 })).toEqual([
      '0 b 7 parent missing',
      '1 c 3',
    ]);
    expect(drawn({ id: 'a' }, { id: 'b', startMs: 1 }, { id: 'c', parent: 'zz', startMs: 2 })).toEqual([
      '0 a 10',
      '0 b 10',
      '0 c 10 parent missing',
    ]);
  });

  it('cuts a circle of parents where it began, and loses none of it', () => {
    const circle: Draft[] = [
      { id: 'b', parent: 'd', startMs: 1, ms: 8 },
      { id: 'c', parent: 'b', startMs: 2, ms: 6 },
      { id: 'd', parent: 'c', startMs: 3, ms: 4 },
    ];
    expect(drawn(...circle)).toEqual(['0 b 2 cycle', '1 c 2', '2 d 4']);
    expect(drawn({ id: 'a', ms: 20 }, ...circle)).toEqual(['0 a 12', '1 b 2 cycle', '2 c 2', '3 d 4']);
    expect(drawn({ id: 'a', parent: 'a' })).toEqual(['0 a 10 cycle']);
  });

  it('counts the same span once, and keeps another one of the same id', () => {
    expect(
      drawn(
        { id: 'a' },
        { id: 'a' },
        { id: 'b', parent: 'a', startMs: 1, ms: 2 },
        { id: 'b', name: 'other', parent: 'a', startMs: 5, ms: 1 },
      ),
    ).toEqual(['0 a 7', '1 b 2', '1 other 1 duplicate id']);
  });

  it('is built of a chain of 50,000 spans', () => {
    const chain = Array.from(
      { length: 50_000 },
      (_, at): Draft => (at === 0 ? { id: '0' } : { id: String(at), parent: String(at - 1) }),
    );
    expect(drawn(...chain)).toHaveLength(50_000);
  });
});
