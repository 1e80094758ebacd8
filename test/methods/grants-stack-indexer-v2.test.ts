import { expect, test } from 'vitest';
import { grantsStackIndexerV2 } from '../../instrumentation/methods/grants-stack-indexer-v2.js';

interface Row {
  readonly name?: unknown;
  readonly after?: (result: unknown, call: unknown) => unknown;
}

test.each(['metadataLookup', 'metadataFetch'])(
  '%s tells that it came to nothing, which the application takes for none',
  (name) => {
    const row = (grantsStackIndexerV2 as readonly Row[]).find((one) => one.name === name);
    const told = [undefined, null, { title: 'a project' }].map((found) => row?.after?.(found, {}));
    expect(told).toEqual([{ step: { notFound: true } }, { step: { notFound: true } }, undefined]);
  },
);

test('fetchPrices tells that it came to nothing where there is a token, and no price', () => {
  const row = (grantsStackIndexerV2 as readonly Row[]).find((one) => one.name === 'fetchPrices');
  const ask = (prices: unknown, tokens: unknown) => row?.after?.(prices, { args: [tokens] });
  expect(ask([], ['ETH'])).toEqual({ step: { notFound: true } });
  expect([ask([], []), ask([1], ['ETH']), ask(undefined, ['ETH']), ask([], undefined)]).toEqual(
    Array(4).fill(undefined),
  );
});
