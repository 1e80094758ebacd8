import { describe, expect, it } from 'vitest';
import { readEventText } from '../../src/indexer/sources/read-event.js';
import { rawDonation } from './fixtures.js';

const read = (value: unknown) => readEventText(JSON.stringify(value), 'events.ndjson:7');
const without = (name: string) => {
  const { [name]: _, ...rest } = rawDonation();
  return rest;
};
const transaction = (changes: object) => ({
  transactionFields: { ...(rawDonation()['transactionFields'] as object), ...changes },
});

describe('the envelope of an event', () => {
  it('takes numbers and texts of digits alike, and checksums addresses', () => {
    const raw = rawDonation({
      blockNumber: '260000001',
      logIndex: '3',
      srcAddress: '0x912ce59144191c1204e64559fe8253a0e49e6548',
    });
    const item = read(raw);
    expect(item).toMatchObject({
      kind: 'event',
      position: 'events.ndjson:7',
      payload: JSON.stringify(raw),
      event: {
        blockNumber: 260_000_001,
        logIndex: 3,
        srcAddress: '0x912CE59144191C1204E64559FE8253a0e49E6548',
      },
    });
  });

  it.each([null, undefined])('takes a transaction whose sender is %s', (from) => {
    const item = read(rawDonation(transaction({ from })));
    expect(item.kind === 'event' && 'from' in item.event.transactionFields).toBe(false);
    expect(item.kind).toBe('event');
  });

  it.each([
    [
      'a missing field',
      without('chainId'),
      'BAD_FIELD',
      'chainId: expected a chain id, a whole number below 2^31, found nothing',
    ],
    [
      'a negative number',
      rawDonation({ logIndex: -1 }),
      'BAD_FIELD',
      'logIndex: expected a whole number, 0 or more, found -1',
    ],
    [
      'a fraction',
      rawDonation({ blockNumber: 1.5 }),
      'BAD_FIELD',
      'blockNumber: expected a whole number, 0 or more, found 1.5',
    ],
    [
      'a number past what is exact',
      rawDonation({ blockNumber: 2 ** 53 }),
      'BAD_FIELD',
      'blockNumber: expected a whole number, 0 or more, found 9007199254740992',
    ],
    [
      'milliseconds for seconds',
      rawDonation({ blockTimestamp: 1_728_000_000_000 }),
      'BAD_FIELD',
      'blockTimestamp: expected whole seconds since 1970, found 1728000000000',
    ],
    [
      'no address',
      rawDonation({ srcAddress: '0x12' }),
      'BAD_ADDRESS',
      'srcAddress: expected an address of 20 bytes as 0x and 40 hex digits, found "0x12"',
    ],
    ['an empty name', rawDonation({ eventName: '' }), 'BAD_FIELD', 'eventName: expected a text, found ""'],
    [
      'params that are a list',
      rawDonation({ params: [] }),
      'BAD_FIELD',
      'params: expected an object, found []',
    ],
    [
      'no transaction',
      without('transactionFields'),
      'BAD_FIELD',
      'transactionFields: expected an object, found nothing',
    ],
    [
      'a short hash',
      rawDonation(transaction({ hash: '0xab' })),
      'BAD_FIELD',
      'transactionFields.hash: expected 32 bytes as 0x and 64 hex digits, found "0xab"',
    ],
    ['a list', [], 'BAD_FIELD', 'event: expected an object, found []'],
    ['null', null, 'BAD_FIELD', 'event: expected an object, found null'],
  ])('refuses %s, naming the field, what was expected and what was found', (_, value, code, reason) => {
    expect(read(value)).toMatchObject({ kind: 'bad', code, reason });
  });

  it('names every field that is wrong', () => {
    const item = read(rawDonation({ chainId: 'x', logIndex: null, srcAddress: 1 }));
    expect(item.kind === 'bad' && item.reason.split('; ').map((part) => part.split(':')[0])).toEqual([
      'chainId',
      'logIndex',
      'srcAddress',
    ]);
  });

  it('cuts what was found to the length of a line', () => {
    const item = read(rawDonation({ srcAddress: 'z'.repeat(5000) }));
    expect(item.kind === 'bad' && item.reason.length).toBeLessThan(250);
  });
});
