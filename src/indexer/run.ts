import type { IndexerConfig } from './config.js';
import { Cursors } from './database/cursors.js';
import { type Database, openDatabase } from './database/database.js';
import { type Backoff, createDatabaseRetry, DEFAULT_BACKOFF } from './database/database-retry.js';
import { migrate } from './database/migrate.js';
import type { Metadata } from './metadata.js';
import { readPriceFile } from './price-file.js';
import { loadPrices } from './prices/load-prices.js';
import { createPriceLookup } from './prices/price-lookup.js';
import { indexSources } from './run/index-sources.js';
import { createTally, type RunReport } from './run/report.js';
import { retryFailed } from './run/retry-failed.js';
import type { RunContext } from './run/run-context.js';
import type { Source } from './sources/source.js';
import type { Tokens } from './tokens.js';

export type { RunReport } from './run/report.js';

export interface RunOptions {
  readonly config: IndexerConfig;
  readonly sources: readonly Source[];
  readonly metadata: Metadata;
  readonly tokens: Tokens;
  /** Lets the events in hand finish, then ends the run. */
  readonly signal: AbortSignal;
  /** Told how far the run is, a few times a second while counts change, and of the last of them, also where the run ends by an error. */
  onProgress(report: RunReport): void;
  /** Told, in one line, of each thing that could not be taken: position, code and reason. */
  onFailure(line: string): void;
  /** How long a database that is away is waited for; half a minute where left out. */
  readonly backoff?: Backoff;
}

async function prepare(options: RunOptions, database: Database): Promise<RunContext> {
  const { config, signal, metadata, tokens, onFailure } = options;
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const retry = createDatabaseRetry({ address: database.address, backoff, signal });
  await retry(() => migrate(database));
  if (config.prices !== undefined)
    await loadPrices(readPriceFile(config.prices), (load) => retry(() => load(database)));
  const prices = createPriceLookup({ queries: database, toleranceMs: config.priceToleranceMs });
  return {
    database,
    retry,
    handlers: { queries: database, metadata, tokens, prices },
    cursors: await retry(() => Cursors.load(database)),
    tally: createTally((report) => options.onProgress(report)),
    onFailure,
  };
}

/**
 * Runs the indexer to the end of its sources, or with `retry` through the failed events; what is in the way of one event is kept in
 * `failed_events` and the run goes on. A run that is killed, or ends by an error, is finished by the next one, nothing counted twice.
 * @throws DatabaseUnavailableError for a database that stays away or cannot be used; SourceUnavailableError and PriceFileError as they say.
 */
export async function runIndexer(options: RunOptions): Promise<RunReport> {
  const { config, sources, signal } = options;
  const { batchSize } = config;
  const database = await openDatabase(config);
  try {
    const context = await prepare(options, database);
    try {
      if (config.command === 'retry') await retryFailed(context, { batchSize, signal });
      else await indexSources(context, { sources, batchSize, signal });
      await context.retry(() => context.cursors.save(database));
    } finally {
      context.tally.flush();
    }
    return context.tally.report();
  } finally {
    await database.close();
  }
}
