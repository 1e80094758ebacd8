import { ETH, type PriceLine, type RawEvent } from './world.js';

/** USD are counted in units of 10 ** -USD_SCALE here: more digits than any product of the worlds has. */
const USD_SCALE = 40;

/** A number's digits with exactly `USD_SCALE` after the point. */
export function toUsdUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(USD_SCALE, '0'));
}

export interface Stats {
  donations: number;
  donors: number;
  usd: bigint;
}

export interface Recount {
  /** By `chain/round`. */
  readonly rounds: Map<string, Stats>;
  /** By `chain/round/anchor`. */
  readonly applications: Map<string, Stats>;
  /** By `chain/block/log`: USD, and the amount in the match token. */
  readonly donations: Map<string, { usd: bigint; inMatchToken: bigint; amount: string }>;
}

function priceAt(prices: readonly PriceLine[], tokenCode: string, seconds: number): PriceLine {
  const found = prices
    .filter((price) => price.tokenCode === tokenCode && price.timestampMs <= seconds * 1000)
    .sort((one, other) => other.timestampMs - one.timestampMs)[0];
  if (!found) throw new Error(`no price of ${tokenCode} at ${seconds}`);
  return found;
}

function add(
  stats: Map<string, Stats>,
  donors: Set<string>,
  key: string,
  donation: { donor: string; usd: bigint },
) {
  const entry = stats.get(key) ?? { donations: 0, donors: 0, usd: 0n };
  entry.donations++;
  entry.usd += donation.usd;
  const donorKey = `${key} ${donation.donor}`;
  if (!donors.has(donorKey)) entry.donors++;
  donors.add(donorKey);
  stats.set(key, entry);
}

/** Counts donations over the events, knowing nothing of the indexer: every event once, in whatever order. */
export function recount(events: readonly RawEvent[], prices: readonly PriceLine[]): Recount {
  const roundOf = new Map<string, string>();
  for (const event of events)
    if (event.eventName === 'PoolCreated')
      roundOf.set(`${event.chainId}/${event.params['strategy']}`, String(event.params['poolId']));
  const result: Recount = { rounds: new Map(), applications: new Map(), donations: new Map() };
  const donors = new Set<string>();
  for (const event of events) {
    const place = `${event.chainId}/${event.blockNumber}/${event.logIndex}`;
    if (event.eventName !== 'AllocatedWithOrigin' || result.donations.has(place)) continue;
    const { amount, token, origin, recipientId } = event.params as Record<string, string>;
    const [code, decimals] = token === ETH ? (['ETH', 18] as const) : (['USDC', 6] as const);
    const price = toUsdUnits(priceAt(prices, code, event.blockTimestamp).priceUsd);
    const usd = (BigInt(amount ?? '') * price) / 10n ** BigInt(decimals);
    const matchPrice = toUsdUnits(priceAt(prices, 'USDC', event.blockTimestamp).priceUsd);
    const inMatchToken = code === 'USDC' ? BigInt(amount ?? '') : (usd * 10n ** 6n) / matchPrice;
    result.donations.set(place, { usd, inMatchToken, amount: amount ?? '' });
    const round = `${event.chainId}/${roundOf.get(`${event.chainId}/${event.srcAddress}`)}`;
    add(result.rounds, donors, round, { donor: origin ?? '', usd });
    add(result.applications, donors, `${round}/${recipientId}`, { donor: origin ?? '', usd });
  }
  return result;
}
