import { readFileSync } from 'node:fs';
import { Orchestrator } from '@grants-stack-indexer/data-flow';
import { CachingPricingProvider } from '@grants-stack-indexer/pricing';
import {
  createDatabase,
  KyselyApplicationRepository,
  KyselyDonationRepository,
  KyselyEventRegistryRepository,
  KyselyRoundRepository,
  TransactionManager,
} from '@grants-stack-indexer/repository';
import { RetriableError } from '@grants-stack-indexer/shared';
import { sql } from 'kysely';

// Usage: index.js DATABASE_URL EVENTS_FILE [BATCH_SIZE], a file of JSON with the events of each chain by its id.
const [url, file, batchSize] = process.argv.slice(2);
const byChain = JSON.parse(readFileSync(file, 'utf8'));
const db = createDatabase(url);

/** A price in a table; the first look-ups of some events find the service busy. */
const refusals = new Map();
const prices = {
  async getTokenPrice(tokenCode, timestampMs) {
    const left = refusals.get(timestampMs) ?? timestampMs % 10;
    refusals.set(timestampMs, left - 1);
    if (left > 0) throw new RetriableError(`no price of ${tokenCode} now, ${left} more`);
    const row = await db.selectFrom('prices').selectAll().where('code', '=', tokenCode).executeTakeFirst();
    return Number(row.usd);
  },
  async getTokenPrices(tokenCode) {
    return db.selectFrom('prices').selectAll().where('code', '=', tokenCode).execute();
  },
};

const repositories = {
  rounds: new KyselyRoundRepository(db),
  applications: new KyselyApplicationRepository(db),
  donations: new KyselyDonationRepository(db),
  events: new KyselyEventRegistryRepository(db),
};

const run = async (chainId) => {
  const events = [...byChain[chainId]];
  const client = { getEvents: async () => events.splice(0, Number(batchSize ?? 3)) };
  const pricingProvider = new CachingPricingProvider(new CachingPricingProvider(prices));
  const transactionManager = new TransactionManager(db);
  const dependencies = { repositories, pricingProvider, transactionManager };
  const orchestrator = new Orchestrator(Number(chainId), dependencies, client);
  await orchestrator.run(new AbortController().signal);
  const { dataLoader, retryHandler } = orchestrator;
  const functions = [
    retryHandler.execute,
    orchestrator.handleEvent,
    dataLoader.applyChanges,
    dataLoader.handlers.InsertDonation,
  ];
  const seen = functions.map((one) => `${one.name}/${one.length}`).join(' ');
  console.log(`${Orchestrator.name} of ${chainId}: ${seen}, ${Object.keys(Orchestrator.prototype)}`);
};

for (const chainId of Object.keys(byChain)) await run(chainId);
const { rows } = await sql`SELECT * FROM applications ORDER BY chain_id, round_id, id`.execute(db);
for (const row of rows) console.log(JSON.stringify(row));
await db.destroy();
