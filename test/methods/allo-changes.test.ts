import { describe, expect, test } from 'vitest';
import { readChanges, readEvent } from '../../instrumentation/methods/allo-changes.js';
import { grantsStackIndexerV2 } from '../../instrumentation/methods/grants-stack-indexer-v2.js';

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

describe('What is about a strategy', () => {
  const strategy = `0x${'Ab'.repeat(20)}`;
  const ofStrategy = { chainId: 10, contractName: 'Strategy', eventName: 'DistributionUpdated' };
  const update = (chainId: number) => ({
    type: 'UpdateRoundByStrategyAddress',
    args: { chainId, strategyAddress: strategy, round: {} },
  });

  const rowOf = (sought: string) =>
    (
      grantsStackIndexerV2 as readonly { name?: unknown; note?: (found: unknown, call?: unknown) => void }[]
    ).find(({ name }) => name === sought);

  test('is of no round before that is known', () => {
    expect(readEvent({ ...ofStrategy, srcAddress: strategy }).roundId).toBeUndefined();
    expect(readChanges([update(10)])?.event?.roundId).toBeUndefined();
  });

  test('is of the round that was inserted with it, on its chain', () => {
    const changes = [
      { type: 'InsertRound', args: { round: { id: '27', chainId: 10, strategyAddress: strategy } } },
    ];
    expect(readChanges(changes)?.event?.roundId).toBe('27');
    // It may still be rolled back.
    expect(readEvent({ ...ofStrategy, srcAddress: strategy }).roundId).toBeUndefined();
    rowOf('applyChanges')?.note?.(undefined, { args: [changes] });
    expect(readEvent({ ...ofStrategy, srcAddress: strategy.toLowerCase() }).roundId).toBe('27');
    expect(readChanges([update(10)])?.event?.roundId).toBe('27');
    expect(readChanges([update(42161)])?.event?.roundId).toBeUndefined();
    expect(readEvent({ ...ofStrategy, chainId: 42161, srcAddress: strategy }).roundId).toBeUndefined();
  });

  test('is of the round that was looked up by it', () => {
    rowOf('roundLookup')?.note?.({ id: '28', chainId: 42161, strategyAddress: strategy });
    expect(readEvent({ ...ofStrategy, chainId: 42161, srcAddress: strategy }).roundId).toBe('28');
  });

  test('is of none where it has no address', () => {
    expect(
      readEvent(JSON.parse(JSON.stringify({ ...ofStrategy, srcAddress: null }))).roundId,
    ).toBeUndefined();
  });
});
