import type { TraceAttributes } from '../../src/tracing/attributes.js';
import type { MethodCall, MethodRow, MethodTable, Told } from '../../src/tracing/method-table.js';
import { noteInsertedRounds, readChange, readChanges, readEvent } from './allo-changes.js';
import { noteRound, type RoundOfStrategy } from './rounds-of-strategies.js';
import type { ReadLaterRow } from './wrap-step.js';

// The table of gitcoinco/grants-stack-indexer-v2, its branches `dev` and `performance-audit`. Its packages are compiled to dist/src, whatever
// folder they are in: packages/ of the checkout, or node_modules of a deployment.

const ORCHESTRATOR = '/data-flow/dist/src/orchestrator.js';
const FETCHER = '/data-flow/dist/src/eventsFetcher.js';
const DATA_LOADER = '/data-flow/dist/src/data-loader/dataLoader.js';
const ROUNDS = '/repository/dist/src/kysely/repositories/round.repository.js';
const APPLICATIONS = '/repository/dist/src/kysely/repositories/application.repository.js';
const PROJECTS = '/repository/dist/src/kysely/repositories/project.repository.js';
const PRICES = '/processors/dist/src/helpers/pricing.js';
const EVM_PROVIDER = '/chain-providers/dist/src/providers/evmProvider.js';

const STATS_COLUMNS: Readonly<Record<string, keyof TraceAttributes>> = {
  unique_donors_count: 'uniqueDonorsCount',
  total_donations_count: 'totalDonationsCount',
  total_amount_donated_in_usd: 'totalAmountDonatedInUsd',
};

type Ids = Pick<TraceAttributes, 'roundId' | 'applicationId'>;

function chainOf({ self }: MethodCall): { step: TraceAttributes } {
  return { step: { chainId: (self as { chainId?: number }).chainId } };
}

function steps(row: Omit<ReadLaterRow, 'method'>, methods: readonly string[]): ReadLaterRow[] {
  return methods.map((method) => ({ ...row, method }));
}

/** The application takes what no gateway gave for none, and does not fail. */
function tellNothing(metadata: unknown): Told | undefined {
  return metadata === undefined || metadata === null ? { step: { notFound: true } } : undefined;
}

/** Nor does it fail where there is no price of any token. */
function tellNoPrices(prices: unknown, { args: [tokens] }: MethodCall): Told | undefined {
  const isSought = Array.isArray(tokens) && tokens.length > 0;
  return isSought && Array.isArray(prices) && prices.length === 0 ? { step: { notFound: true } } : undefined;
}

const handleEvent = {
  name: 'handleEvent',
  after: readChanges,
} as const;

const roundLookup = {
  file: ROUNDS,
  export: 'KyselyRoundRepository',
  name: 'roundLookup',
  note: noteRound,
  after: (round?: RoundOfStrategy & { readonly id?: string }) =>
    round?.id === undefined ? undefined : { event: { roundId: round.id } },
} as const;

const applicationLookup = {
  file: APPLICATIONS,
  export: 'KyselyApplicationRepository',
  name: 'applicationLookup',
} as const;

const applyChanges: ReadLaterRow = {
  file: DATA_LOADER,
  export: 'DataLoader',
  method: 'applyChanges',
  name: 'applyChanges',
  // Once they are committed: of changes that are rolled back nothing is there.
  note: (_nothing, { args: [changes] }) =>
    noteInsertedRounds(changes as Parameters<typeof noteInsertedRounds>[0]),
};

/** The boundaries: batches, events, and the two halves of an event. */
const events: MethodTable = [
  {
    as: 'batch',
    file: ORCHESTRATOR,
    export: 'Orchestrator',
    method: 'getNextEventsBatch',
    name: 'fetchEvents',
    before: chainOf,
  },
  ...['fetchEventsByBlockNumberAndLogIndex', 'fetchEvents'].map((method) => ({
    as: 'batch' as const,
    file: FETCHER,
    export: 'EventsFetcher',
    method,
    name: 'fetchEvents',
    before: ({ args: [where] }: MethodCall) => ({
      step: { chainId: (where as { chainId: number }).chainId },
    }),
  })),
  {
    file: ORCHESTRATOR,
    export: 'Orchestrator',
    method: 'bulkFetchMetadataAndPricesForBatch',
    name: ({ args: [batch] }) => ((batch as unknown[]).length > 0 ? 'fetchMetadataAndPrices' : undefined),
    isRoot: true,
    before: chainOf,
  },
  { file: ORCHESTRATOR, export: 'Orchestrator', method: 'bulkFetchMetadata', name: 'fetchMetadata' },
  // A price of every token there is: hundreds of statements.
  {
    file: ORCHESTRATOR,
    export: 'Orchestrator',
    method: 'bulkFetchTokens',
    name: 'fetchPrices',
    isLeaf: true,
    after: tellNoPrices,
  },
  {
    as: 'next',
    file: '/data-flow/dist/src/utils/queue.js',
    export: 'Queue',
    method: 'pop',
    event: readEvent,
  },
  {
    as: 'event',
    file: '/shared/dist/src/retry/retry.js',
    export: 'RetryHandler',
    method: 'execute',
    attempt: 0,
  },
  { ...handleEvent, file: ORCHESTRATOR, export: 'Orchestrator', method: 'handleEvent' },
  // Without an orchestrator: events of the past that are handled later.
  {
    ...handleEvent,
    file: '/data-flow/dist/src/eventsProcessor.js',
    export: 'EventsProcessor',
    method: 'processEvent',
  },
  applyChanges,
  {
    file: DATA_LOADER,
    export: 'DataLoader',
    method: 'applyChanges',
    field: 'handlers',
    name: ({ key }) => key,
    before: ({ args: [change] }) => readChange(change as Parameters<typeof readChange>[0]),
    columns: STATS_COLUMNS,
  },
];

/** What is written after an event that failed, or is a matter of no event: a database that is slow there holds up the chain as well. */
const betweenEvents: MethodTable = [
  {
    file: '/repository/dist/src/kysely/repositories/eventRegistry.repository.js',
    export: 'KyselyEventRegistryRepository',
    method: 'saveLastProcessedEvent',
    name: 'InsertProcessedEvent',
    isRoot: true,
    before: ({ args: [chainId] }) => ({ step: { chainId: chainId as number } }),
  },
  {
    file: '/repository/dist/src/kysely/repositories/strategyProcessingCheckpoint.repository.js',
    export: 'KyselyStrategyProcessingCheckpointRepository',
    method: 'upsertCheckpoint',
    name: 'UpsertCheckpoint',
    isRoot: true,
    before: ({ args: [checkpoint] }) => ({
      step: { chainId: (checkpoint as { chainId: number }).chainId },
    }),
  },
];

/** What handling an event looks up. */
const lookUps: MethodTable = [
  ...steps(roundLookup, [
    'getRoundById',
    'getRoundByIdOrThrow',
    'getRoundByStrategyAddress',
    'getRoundByStrategyAddressOrThrow',
    'getRoundByRole',
  ]),
  ...steps(
    {
      ...applicationLookup,
      after: (application?: Ids & { id?: string }) =>
        application?.id === undefined
          ? undefined
          : { event: { roundId: application.roundId, applicationId: application.id } },
    },
    ['getApplicationByAnchorAddress', 'getApplicationByAnchorAddressOrThrow', 'getApplicationByProjectId'],
  ),
  {
    // One of many that an event may be about.
    ...applicationLookup,
    method: 'getApplicationById',
    before: ({ args: [applicationId] }) => ({ step: { applicationId: applicationId as string } }),
  },
  ...steps({ file: PROJECTS, export: 'KyselyProjectRepository', name: 'projectLookup' }, [
    'getProjectById',
    'getProjectByIdOrThrow',
    'getProjectByAnchor',
    'getProjectByAnchorOrThrow',
  ]),
  {
    file: '/shared/dist/src/tokens/tokens.js',
    export: 'getTokenOrThrow',
    name: 'tokenValidation',
    once: true,
  },
  { file: PRICES, export: 'getTokenAmountInUsd', name: 'priceCalculation' },
  { file: PRICES, export: 'getUsdInTokenAmount', name: 'priceCalculation' },
  {
    file: '/pricing/dist/src/providers/cachingProxy.provider.js',
    export: 'CachingPricingProvider',
    method: 'getTokenPrice',
    name: 'priceCalculation',
  },
  {
    file: '/donationVotingMerkleDistributionDirectTransfer/handlers/allocated.handler.js',
    export: 'DVMDAllocatedHandler',
    method: 'parseMetadataOrThrow',
    name: 'metadataParsing',
  },
  {
    file: '/metadata/dist/src/providers/cachingProxy.provider.js',
    export: 'CachingMetadataProvider',
    method: 'getMetadata',
    name: 'metadataLookup',
    after: tellNothing,
  },
  {
    file: '/metadata/dist/src/providers/publicGateway.provider.js',
    export: 'PublicGatewayProvider',
    method: 'getMetadata',
    name: 'metadataFetch',
    after: tellNothing,
  },
  ...['readContract', 'multicall', 'getTransaction'].map((method) => ({
    file: EVM_PROVIDER,
    export: 'EvmProvider',
    method,
    name: method,
  })),
];

/** Neither events, nor changes, nor what a look-up finds is changed by the application once it is there. */
const readLater = (row: MethodRow): MethodRow | ReadLaterRow =>
  row.as === undefined || row.as === 'step' ? { ...row, isReadLater: true } : row;

/** What is traced in grants-stack-indexer-v2. */
export const grantsStackIndexerV2: MethodTable = [...events, ...betweenEvents, ...lookUps].map(readLater);
