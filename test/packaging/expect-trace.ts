import { expect } from 'vitest';
import type { ReceivedSpan } from '../support/otlp/received-span.js';
import { drawTree } from '../support/trace-tree.js';

/** Expects the one trace that hosts/app/app.* makes, its SQL included. */
export function expectAppTrace(spans: readonly ReceivedSpan[]): void {
  expect(drawTree(spans).replaceAll(/ grants_otel_test_\w+/g, ' db')).toBe(
    ['Strategy.Registered', '└─ roundLookup', '   └─ pg.query:SELECT db'].join('\n'),
  );
  for (const span of spans) expect(span.attributes).toMatchObject({ chainId: 10, roundId: '27' });
}
