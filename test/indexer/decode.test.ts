import { describe, expect, it } from 'vitest';
import { BadEventError } from '../../src/indexer/bad-event-error.js';
import { decodeEvent, type HandledEvent, type IndexerEvent } from '../../src/indexer/event.js';
import { readEvent } from '../../src/indexer/sources/read-event.js';
import {
  addressOf,
  encodeNumberedRegistration,
  encodeRegistration,
  makeAlloEvents,
} from '../support/allo-events.mjs';
import { rawDonation } from './fixtures.js';

const anchor = addressOf('anchor');
const recipient = addressOf('recipient');
const sender = addressOf('sender');
const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

function eventOf(name: string, params: Record<string, unknown>): IndexerEvent {
  const [contractName, eventName] = name.split('.');
  const item = readEvent(rawDonation({ contractName, eventName, params }), { position: '', payload: '' });
  if (item.kind === 'bad') throw new Error(item.reason);
  return item.event;
}

function decode(name: string, params: Record<string, unknown>): HandledEvent | undefined {
  return decodeEvent(eventOf(name, params));
}

function problemOf(name: string, params: Record<string, unknown>): { code: string; message: string } {
  try {
    decode(name, params);
  } catch (error) {
    if (error instanceof BadEventError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('expected the event to be refused');
}

const donation = rawDonation()['params'] as Record<string, unknown>;
const pool = {
  poolId: '27',
  profileId: `0x${'a1'.repeat(32)}`,
  strategy: addressOf('strategy'),
  token: recipient,
  amount: '0',
  metadata: ['1', cid],
};

describe('the events of the donation path', () => {
  it('reads a pool as a round', () => {
    expect(decode('Allo.PoolCreated', pool)).toMatchObject({
      kind: 'PoolCreated',
      args: { roundId: '27', strategy: pool.strategy, amount: 0n, metadata: { protocol: 1n, pointer: cid } },
    });
  });

  it('reads an application out of the data of a registration, its id being the counter less one', () => {
    const data = encodeNumberedRegistration({ anchor, recipient, cid, counter: 5 });
    expect(decode('Strategy.RegisteredWithSender', { recipientId: anchor, data, sender })).toMatchObject({
      kind: 'RegisteredWithSender',
      args: {
        recipientId: anchor,
        sender,
        applicationId: '4',
        registration: {
          anchorAddress: anchor,
          recipientAddress: recipient,
          metadata: { protocol: 1n, pointer: cid },
        },
      },
    });
  });

  it('reads an update, whose data has no counter around it', () => {
    const data = encodeRegistration({ anchor, recipient, cid });
    const params = { recipientId: anchor, data, sender, status: '2' };
    expect(decode('Strategy.UpdatedRegistrationWithStatus', params)).toMatchObject({
      kind: 'UpdatedRegistrationWithStatus',
      args: { status: 'APPROVED', registration: { recipientAddress: recipient, metadata: { pointer: cid } } },
    });
  });

  it('reads a row of statuses: four bits an application, 64 a row, slots without a status left out', () => {
    const fullRow = (2n << 0n) | (3n << 8n) | (5n << 252n) | (9n << 16n);
    const params = { rowIndex: '1', fullRow: fullRow.toString(), sender };
    expect(decode('Strategy.RecipientStatusUpdatedWithFullRow', params)).toMatchObject({
      args: {
        rowIndex: 1n,
        statuses: [
          { applicationId: '64', status: 'APPROVED' },
          { applicationId: '66', status: 'REJECTED' },
          { applicationId: '127', status: 'IN_REVIEW' },
        ],
      },
    });
  });

  it('reads a donation: addresses checksummed whatever their case, the amount digit by digit', () => {
    const amount = (2n ** 256n - 1n).toString();
    const params = {
      ...donation,
      amount,
      origin: sender.toLowerCase(),
      token: `0x${recipient.slice(2).toUpperCase()}`,
    };
    const decoded = decode('Strategy.AllocatedWithOrigin', params);
    expect(decoded).toMatchObject({ args: { amount: 2n ** 256n - 1n, origin: sender, token: recipient } });
  });

  it('leaves every other event alone', () => {
    expect(decode('Registry.ProfileCreated', {})).toBeUndefined();
    expect(decode('Allo.AllocatedWithOrigin', {})).toBeUndefined();
    expect(decode('Strategy.toString', {})).toBeUndefined();
  });

  it('reads all that the samples are made with', () => {
    const round = { id: 3, applications: 70, donations: 40, tokens: ['ETH', 'DAI'] };
    const { events } = makeAlloEvents({
      chains: [{ chainId: 10, firstBlock: 1, startSeconds: 1_728_000_000, rounds: [round] }],
    });
    const kinds = events.map((raw) => {
      const item = readEvent(raw, { position: '', payload: '' });
      return item.kind === 'event' ? (decodeEvent(item.event)?.kind ?? 'other') : item.reason;
    });
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    expect(kinds.filter((kind) => kind === 'other')).toHaveLength(2);
    expect([count('RegisteredWithSender'), count('RecipientStatusUpdatedWithFullRow')]).toEqual([70, 2]);
    expect(count('AllocatedWithOrigin')).toBe(40);
  });
});

describe('params that cannot be read', () => {
  it.each([
    ['-1'],
    ['1.5'],
    ['1e18'],
    [''],
    [' 1'],
    [null],
    [2 ** 60],
    [(2n ** 256n).toString()],
    [undefined],
    [true],
  ])('refuse %j as an amount', (amount) => {
    const { code, message } = problemOf('Strategy.AllocatedWithOrigin', { ...donation, amount });
    expect(code).toBe('BAD_AMOUNT');
    expect(message).toMatch(/^params\.amount: expected a whole number of at most 256 bits, found ./);
  });

  it.each([['0x12'], [''], [null], [`${anchor}00`], ['vitalik.eth'], [undefined]])(
    'refuse %j as an address',
    (origin) => {
      const { code, message } = problemOf('Strategy.AllocatedWithOrigin', { ...donation, origin });
      expect(code).toBe('BAD_ADDRESS');
      expect(message).toMatch(
        /^params\.origin: expected an address of 20 bytes as 0x and 40 hex digits, found ./,
      );
    },
  );

  it.each([
    ['no pair', 'bafk'],
    ['a pointer that is no text', ['1', 5]],
  ])('refuse %s as a pointer to metadata', (_, metadata) => {
    expect(problemOf('Allo.PoolCreated', { ...pool, metadata })).toMatchObject({
      code: 'BAD_FIELD',
      message: expect.stringMatching(/^params\.metadata: expected a pair \[protocol, pointer\], found /),
    });
  });

  const whole = encodeNumberedRegistration({ anchor, recipient, cid, counter: 1 });
  it.each([
    ['cut data', whole.slice(0, -64), 'BAD_ABI'],
    ['no data', '0x', 'BAD_ABI'],
    ['an offset past the end', `0x${'ff'.repeat(32)}${whole.slice(66)}`, 'BAD_ABI'],
    ['the layout of an update', encodeRegistration({ anchor, recipient, cid }), 'BAD_ABI'],
    ['a counter of 0', encodeNumberedRegistration({ anchor, recipient, cid, counter: 0 }), 'BAD_ABI'],
    ['half a byte', '0x123', 'BAD_FIELD'],
    ['no hex', 'hello', 'BAD_FIELD'],
  ])('refuse %s as a registration', (_, data, code) => {
    const problem = problemOf('Strategy.RegisteredWithSender', { recipientId: anchor, data, sender });
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(/^params\.data: expected ./);
  });

  it.each([['0'], ['6'], ['300']])('refuse %s as the status of an update', (status) => {
    const data = encodeRegistration({ anchor, recipient, cid });
    expect(
      problemOf('Strategy.UpdatedRegistrationWithStatus', { recipientId: anchor, data, sender, status }),
    ).toEqual({
      code: 'BAD_FIELD',
      message: `params.status: expected a status from 1 to 5, found ${status}`,
    });
  });
});
