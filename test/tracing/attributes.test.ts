import { describe, expect, test } from 'vitest';
import { toSpanAttributes } from '../../src/tracing/attributes.js';

describe('attributes on their way to a span', () => {
  test('have the type that the table gives them, whatever they came as', () => {
    expect(
      toSpanAttributes({
        chainId: 42161n,
        roundId: 27,
        applicationId: 3n,
        amount: 123456789012345678901234567890n,
        blockNumber: 260_000_000,
      }),
    ).toEqual({
      chainId: 42161,
      roundId: '27',
      applicationId: '3',
      amount: '123456789012345678901234567890',
      blockNumber: 260_000_000,
    });
  });

  test('are not what is found out of a trace, neither to the compiler nor as it runs', () => {
    // @ts-expect-error -- a slow span is found out
    expect(toSpanAttributes({ slow: true, keepRatio: 0.01, roundId: '7' })).toEqual({ roundId: '7' });
  });

  test('are those that an instance of a class inherits, too, as its getters', () => {
    class Decoded {
      readonly contractName = 'Strategy';
      get chainId() {
        return 10;
      }
      get roundId() {
        return '27';
      }
      get applicationId(): string {
        throw new Error('not decoded yet');
      }
      get amountInUsd() {
        return Promise.reject(new Error('no price'));
      }
      amount() {
        return '5';
      }
      get other() {
        return 'no attribute of ours';
      }
    }
    class DecodedLater extends Decoded {}
    const known = { chainId: 10, roundId: '27', contractName: 'Strategy' };
    expect(toSpanAttributes(new DecodedLater() as object)).toEqual(known);
  });

  test('are those of a proxy that does not tell what it inherits', () => {
    const silent = () => {
      throw new Error('not told');
    };
    const given = { chainId: 10, roundId: '27' };
    expect(toSpanAttributes(new Proxy(given, { getPrototypeOf: silent, has: silent }))).toEqual(given);
  });

  test('are left out where they cannot be that type', () => {
    const bad = { chainId: Number.NaN, blockNumber: 2n ** 60n, logIndex: undefined, roundId: undefined };
    expect(toSpanAttributes(bad)).toEqual({});
    const untyped = {
      chainId: '',
      blockNumber: [5],
      logIndex: true,
      roundId: Number.NaN,
      amount: 1e21,
      note: {},
    };
    expect(toSpanAttributes(untyped as object)).toEqual({});
  });

  test('are digits where they are amounts, never a float', () => {
    const given = { amount: '12.50', amountInUsd: 7 as never, amountInRoundMatchToken: -3n };
    expect(toSpanAttributes(given)).toEqual({
      amount: '12.50',
      amountInUsd: '7',
      amountInRoundMatchToken: '-3',
    });
    const bad = { amount: '1e3', amountInUsd: (0.1 + 0.2) as never, totalAmountInUsd: 'much' };
    expect(toSpanAttributes(bad)).toEqual({});
  });
});
