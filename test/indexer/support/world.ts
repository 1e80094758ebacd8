import { createHash } from 'node:crypto';
import { encodeAbiParameters, getAddress } from 'viem';

/** A chain's events, their documents and prices, made from a seed. */
export interface WorldOptions {
  readonly chainId: number;
  readonly seed: number;
  readonly rounds?: number;
  readonly applications?: number;
  readonly donations?: number;
  readonly donors?: number;
}

export interface RawEvent {
  chainId: number;
  blockNumber: number;
  blockTimestamp: number;
  logIndex: number;
  contractName: string;
  eventName: string;
  srcAddress: string;
  params: Record<string, unknown>;
  transactionFields: { hash: string; transactionIndex: number; from?: string };
}

export interface World {
  readonly events: RawEvent[];
  readonly documents: Map<string, unknown>;
}

export interface PriceLine {
  readonly tokenCode: string;
  readonly timestampMs: number;
  readonly priceUsd: string;
}

const START_SECONDS = 1_728_000_000;
export const ETH = '0x0000000000000000000000000000000000000000';
const USDC: Readonly<Record<number, string>> = {
  1: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
  10: '0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85',
  42161: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831',
};

function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** An address that is the same for the same words. */
export function addressOf(...words: (string | number)[]): `0x${string}` {
  return getAddress(`0x${createHash('sha256').update(words.join('/')).digest('hex').slice(0, 40)}`);
}

function hashOf(...words: (string | number)[]): string {
  return `0x${createHash('sha256').update(words.join('/')).digest('hex')}`;
}

/** What a registration carries: anchor, payout address and the document's content id. */
export function registrationData(anchor: `0x${string}`, payout: `0x${string}`, cid: string): `0x${string}` {
  return encodeAbiParameters(
    [
      { type: 'address' },
      { type: 'address' },
      { type: 'tuple', components: [{ type: 'uint256' }, { type: 'string' }] },
    ],
    [anchor, payout, [1n, cid]],
  );
}

function numberedData(inner: `0x${string}`, counter: number): `0x${string}` {
  return encodeAbiParameters([{ type: 'bytes' }, { type: 'uint256' }], [inner, BigInt(counter)]);
}

/** Every round's match token is USDC. Application 0 of each round is approved, 1 rejected, and so on in turns; the last one has no status. */
export function makeWorld(options: WorldOptions): World {
  const { chainId, seed, rounds = 2, applications = 5, donations = 60, donors = 12 } = options;
  const random = numbersFrom(seed);
  const events: RawEvent[] = [];
  const documents = new Map<string, unknown>();
  let blockNumber = 1000 + seed;
  let logIndex = 0;
  const nextBlock = (): void => {
    blockNumber += 1 + random(3);
    logIndex = random(4);
  };
  const document = (value: unknown): string => {
    const cid = `bafy${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 40)}`;
    documents.set(cid, value);
    return cid;
  };
  const emit = (name: string, srcAddress: string, params: Record<string, unknown>): void => {
    const [contractName = '', eventName = ''] = name.split('.');
    events.push({
      chainId,
      blockNumber,
      blockTimestamp: START_SECONDS + (blockNumber - 1000 - seed) * 30,
      logIndex,
      contractName,
      eventName,
      srcAddress,
      params,
      transactionFields: {
        hash: hashOf(chainId, blockNumber, logIndex),
        transactionIndex: 0,
        from: addressOf('owner'),
      },
    });
    logIndex += 1 + random(2);
  };

  for (let round = 1; round <= rounds; round++) {
    const strategy = addressOf('strategy', chainId, seed, round);
    nextBlock();
    emit('Allo.RoleGranted', addressOf('allo'), { role: hashOf('role') });
    const roundDocument = {
      round: {
        name: `Round ${round}`,
        roundType: 'public',
        quadraticFundingConfig: { matchingFundsAvailable: 1234.5 },
      },
      application: { version: '2.0.0' },
    };
    emit('Allo.PoolCreated', addressOf('allo'), {
      poolId: String(round),
      profileId: hashOf('profile', round),
      strategy,
      token: USDC[chainId],
      amount: '5000000',
      metadata: ['1', document(roundDocument)],
    });
    for (let id = 0; id < applications; id++) {
      nextBlock();
      const anchor = addressOf('anchor', chainId, seed, round, id);
      const payout = addressOf('payout', chainId, seed, round, id);
      const cid = document({ application: { round: strategy, recipient: payout.toLowerCase(), n: id } });
      emit('Strategy.RegisteredWithSender', strategy, {
        recipientId: anchor,
        data: numberedData(registrationData(anchor, payout, cid), id + 1),
        sender: addressOf('sender', id),
      });
    }
    nextBlock();
    let row = 0n;
    for (let id = 0; id < applications - 1; id++) row |= BigInt(2 + (id % 2)) << BigInt(4 * id);
    emit('Strategy.RecipientStatusUpdatedWithFullRow', strategy, {
      rowIndex: '0',
      fullRow: row.toString(),
      sender: addressOf('owner'),
    });
  }
  for (let index = 0; index < donations; index++) {
    if (index % 3 === 0) nextBlock();
    const round = 1 + random(rounds);
    const id = random(applications);
    const isEth = random(2) === 0;
    emit('Strategy.AllocatedWithOrigin', addressOf('strategy', chainId, seed, round), {
      recipientId: addressOf('anchor', chainId, seed, round, id),
      amount: isEth
        ? `${1 + random(1_000_000_000)}${random(1_000_000_000)}1`
        : String(1 + random(90_000_000)),
      token: isEth ? ETH : USDC[chainId],
      sender: addressOf('relay'),
      origin: addressOf('donor', random(donors)),
    });
  }
  return { events, documents };
}

/** A price of each token every ten minutes, beginning before the first event. */
export function makePrices(options: { hours?: number } = {}): PriceLine[] {
  const random = numbersFrom(7);
  const lines: PriceLine[] = [];
  for (let step = -1; step < (options.hours ?? 3) * 6; step++) {
    const timestampMs = START_SECONDS * 1000 + step * 600_000;
    lines.push({ tokenCode: 'ETH', timestampMs, priceUsd: `${2300 + random(300)}.${1 + random(999)}` });
    lines.push({ tokenCode: 'USDC', timestampMs, priceUsd: `0.999${1 + random(9)}` });
  }
  return lines;
}
