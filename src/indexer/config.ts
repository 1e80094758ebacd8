/** What the indexer was asked to do, checked. */
export interface IndexerConfig {
  /** `retry` takes failed events again, and needs no source. */
  readonly command: 'index' | 'retry';
  /** Files of NDJSON, `-`, or http(s) URLs of a GraphQL endpoint. */
  readonly sources: readonly string[];
  /** `postgres://…` or `pglite:<folder>`. */
  readonly databaseUrl: string;
  /** Folder of `<cid>.json`, or the URL of a gateway. */
  readonly ipfs?: string;
  /** File of prices, NDJSON. */
  readonly prices?: string;
  /** The oldest price that is taken for a donation. */
  readonly priceToleranceMs: number;
  /** File of tokens, beside the built-in table. */
  readonly tokens?: string;
  /** Most connections to the database. */
  readonly poolSize: number;
  /** Most events fetched at a time. */
  readonly batchSize: number;
  /** Go on asking GraphQL sources for new events. */
  readonly follow: boolean;
  /** The chains to ask GraphQL sources for; left out: those that the source has. */
  readonly chains?: readonly number[];
}
