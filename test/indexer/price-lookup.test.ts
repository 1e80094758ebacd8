import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/indexer/database/database.js';
import { migrate } from '../../src/indexer/database/migrate.js';
import { formatDecimal } from '../../src/indexer/prices/decimal.js';
import { loadPrices } from '../../src/indexer/prices/load-prices.js';
import { createPriceLookup } from '../../src/indexer/prices/price-lookup.js';
import { describeWith, freshDatabase } from '../support/servers.js';

describeWith(['postgres'], 'price look-up', () => {
  let server: Awaited<ReturnType<typeof freshDatabase>>;
  let database: Database;

  beforeEach(async () => {
    server = await freshDatabase();
    database = await openDatabase({ databaseUrl: server.url, poolSize: 2 });
    await migrate(database);
  });
  afterEach(async () => {
    await database.close();
    await server.drop();
  });

  async function load(...prices: [timestampMs: number, priceUsd: string][]): Promise<void> {
    async function* rows() {
      for (const [timestampMs, priceUsd] of prices) yield { tokenCode: 'ETH', timestampMs, priceUsd };
    }
    await loadPrices(rows(), (write) => write(database));
  }

  function lookup(toleranceMs = 1000) {
    const prices = createPriceLookup({ queries: database, toleranceMs });
    return async (timestampMs: number) =>
      formatDecimal(await prices.at({ chainId: 1, priceCode: 'ETH', timestampMs }));
  }

  it('takes the last price at or before the moment, whichever was asked for first', async () => {
    await load([10_000, '1.10'], [10_500, '2'], [10_600, '3.000000000000000000000000000001']);
    const at = lookup();
    expect(await at(10_600)).toBe('3.000000000000000000000000000001');
    expect(await at(10_000)).toBe('1.1');
    expect(await at(10_499)).toBe('1.1');
    expect(await at(10_500)).toBe('2');
    expect(await at(10_599)).toBe('2');
    expect(await at(11_600)).toBe('3.000000000000000000000000000001');
  });

  it('takes a price as old as the tolerance and none that is older', async () => {
    await load([10_000, '1']);
    const at = lookup(1000);
    expect(await at(11_000)).toBe('1');
    await expect(at(11_001)).rejects.toMatchObject({ code: 'MISSING_PRICE' });
    await expect(at(9_999)).rejects.toMatchObject({ code: 'MISSING_PRICE' });
  });

  it('finds a price that was missing before', async () => {
    const at = lookup();
    await expect(at(10_000)).rejects.toThrow(/expected a price of ETH at .* found none/);
    await load([10_000, '5']);
    expect(await at(10_000)).toBe('5');
  });

  it('replaces a price that is loaded again, the later one of a file', async () => {
    await load([10_000, '1'], [10_000, '2']);
    expect(await lookup()(10_000)).toBe('2');
    await load([10_000, '3']);
    expect(await lookup()(10_000)).toBe('3');
  });
});
