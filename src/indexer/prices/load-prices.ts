import type { Queries, Statement } from '../database/database.js';
import type { PriceRow } from '../price-file.js';

const ROWS_PER_STATEMENT = 5000;

const LOAD: Statement = {
  name: 'load_prices',
  text: `INSERT INTO prices (token_code, timestamp_ms, price_usd)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::numeric[])
ON CONFLICT (token_code, timestamp_ms) DO UPDATE SET price_usd = EXCLUDED.price_usd
WHERE prices.price_usd <> EXCLUDED.price_usd`,
};

/**
 * Writes prices to the table, thousands a statement. A price that is there for the same token and moment is replaced; of two in the
 * same file the later one counts. `write` runs one statement, so that the caller can retry it.
 */
export async function loadPrices(
  rows: AsyncIterable<PriceRow>,
  write: (load: (queries: Queries) => Promise<void>) => Promise<void>,
): Promise<void> {
  let chunk = new Map<string, PriceRow>();
  const flush = async (): Promise<void> => {
    const prices = [...chunk.values()];
    chunk = new Map();
    await write(async (queries) => {
      await queries.query(LOAD, [
        prices.map((row) => row.tokenCode),
        prices.map((row) => row.timestampMs),
        prices.map((row) => row.priceUsd),
      ]);
    });
  };
  for await (const row of rows) {
    chunk.set(`${row.timestampMs} ${row.tokenCode}`, row);
    if (chunk.size === ROWS_PER_STATEMENT) await flush();
  }
  if (chunk.size > 0) await flush();
}
