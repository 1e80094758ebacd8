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
