import { LRUCache } from 'lru-cache';
import { BadEventError } from '../bad-event-error.js';
import type { Queries, Statement } from '../database/database.js';
import { type Decimal, parseDecimal } from './decimal.js';

/** Prices of tokens at moments. */
export interface PriceLookup {
  /**
   * The last price at or before the moment, within the tolerance.
   * @throws BadEventError MISSING_PRICE
   */
  at(asked: PriceQuestion): Promise<Decimal>;
}

/** A price to be looked up. */
export interface PriceQuestion {
  readonly chainId: number;
  readonly priceCode: string;
  readonly timestampMs: number;
}

const FIND: Statement = {
  name: 'find_price',
  text: `SELECT timestamp_ms, price_usd,
  (SELECT min(timestamp_ms) FROM prices WHERE token_code = $1 AND timestamp_ms > $2) AS next_timestamp_ms
FROM prices WHERE token_code = $1 AND timestamp_ms <= $2
ORDER BY timestamp_ms DESC LIMIT 1`,
};

const MOST_CACHED = 1000;
/** How long another process's new prices can stay unseen. */
const LONGEST_CACHED_MS = 30_000;

/** A price, and the moments from `fromMs` until before `untilMs` that it is the last one for. */
interface PriceSpan {
  readonly price: Decimal;
  readonly fromMs: number;
  readonly untilMs: number;
}

interface PriceRowFound {
  timestamp_ms: string;
  price_usd: string;
  next_timestamp_ms: string | null;
}

function toSpan(row: PriceRowFound): PriceSpan {
  const price = parseDecimal(row.price_usd);
  if (!price) throw new Error(`prices.price_usd: expected a number, found ${row.price_usd}`);
  return {
    price,
    fromMs: Number(row.timestamp_ms),
    untilMs: row.next_timestamp_ms === null ? Number.POSITIVE_INFINITY : Number(row.next_timestamp_ms),
  };
}

function missing(asked: PriceQuestion, toleranceMs: number, last: PriceSpan | undefined): BadEventError {
  const moment = new Date(asked.timestampMs).toISOString();
  const found = last ? `the last one is of ${new Date(last.fromMs).toISOString()}` : 'none';
  return new BadEventError(
    'MISSING_PRICE',
    `expected a price of ${asked.priceCode} at ${moment} or at most ${toleranceMs / 3_600_000} h before, found ${found}; load one and retry`,
  );
}

/**
 * Prices out of the table, with the span of each chain and token that was asked for last in memory: events come in order of time, and
 * within a span every question has the same answer. What is not there is asked for again each time.
 */
export function createPriceLookup(options: { queries: Queries; toleranceMs: number }): PriceLookup {
  const { queries, toleranceMs } = options;
  const spans = new LRUCache<string, PriceSpan>({ max: MOST_CACHED, ttl: LONGEST_CACHED_MS });

  async function spanAt(asked: PriceQuestion): Promise<PriceSpan | undefined> {
    const { chainId, priceCode, timestampMs } = asked;
    const key = `${chainId} ${priceCode}`;
    const cached = spans.get(key);
    if (cached && cached.fromMs <= timestampMs && timestampMs < cached.untilMs) return cached;
    const { rows } = await queries.query<PriceRowFound>(FIND, [priceCode, timestampMs]);
    if (!rows[0]) return undefined;
    const span = toSpan(rows[0]);
    spans.set(key, span);
    return span;
  }

  return {
    async at(asked) {
      const span = await spanAt(asked);
      if (!span || asked.timestampMs - span.fromMs > toleranceMs) throw missing(asked, toleranceMs, span);
      return span.price;
    },
  };
}
