import { expect, test } from 'vitest';
import { isBusy } from '../../instrumentation/queued-statement.js';

const waiting = { submit: () => undefined };

test.each([
  ['idle', { readyForQuery: true, _activeQuery: null, _queryQueue: [] }, false],
  ['at work', { readyForQuery: false, _activeQuery: {}, _queryQueue: [] }, true],
  ['at work, of an older version', { readyForQuery: false, activeQuery: {}, queryQueue: [] }, true],
  ['done with one that failed', { readyForQuery: false, _activeQuery: null, _queryQueue: [] }, false],
  [
    'done with one that failed, and asked by others',
    { readyForQuery: false, _activeQuery: null, _queryQueue: [waiting] },
    true,
  ],
  [
    'one that sends all at once',
    { readyForQuery: false, pipeline: true, _activeQuery: {}, _queryQueue: [waiting] },
    false,
  ],
])('a client that is %s', (_what, client, busy) => {
  expect(isBusy(client)).toBe(busy);
});
