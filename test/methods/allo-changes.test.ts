import { describe, expect, test } from 'vitest';
import { readEvent } from '../../instrumentation/methods/allo-changes.js';

describe('An event of the indexer that we know', () => {
  test.each([
    ['an allocation without anything', { eventName: 'AllocatedWithOrigin', params: null }],
    [
      'a direct allocation of nulls',
      { eventName: 'DirectAllocated', params: { amount: null, sender: null } },
    ],
    ['no name', { eventName: null, params: {} }],
    ['a name that is a number', { eventName: 42, params: null }],
    ['nothing', {}],
  ])('is read all the same, if it is %s', (_what, event) => {
    // As it comes over the network, where no type is checked.
    const received = JSON.stringify({ chainId: 10, contractName: 'Strategy', ...event });
    const read = readEvent(JSON.parse(received));
    expect(read).toMatchObject({ chainId: 10, contractName: 'Strategy' });
    expect([read.amount, read.donorAddress, read.tokenAddress]).toEqual([undefined, undefined, undefined]);
  });

  test('tells the amount and the addresses of an allocation', () => {
    const donor = `0x${'5'.repeat(40)}`;
    const event = { chainId: 10, contractName: 'Strategy', eventName: 'Allocated', blockNumber: 7 };
    const read = readEvent({ ...event, params: { amount: '12', origin: donor, token: donor } });
    expect(read).toMatchObject({ blockNumber: 7, amount: '12', donorAddress: donor, tokenAddress: donor });
  });
});
