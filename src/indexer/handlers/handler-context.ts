import type { Queries } from '../database/database.js';
import type { Metadata } from '../metadata.js';
import type { PriceLookup } from '../prices/price-lookup.js';
import type { Tokens } from '../tokens.js';

/** What handlers look things up in; none of them writes. */
export interface HandlerContext {
  readonly queries: Queries;
  readonly metadata: Metadata;
  readonly tokens: Tokens;
  readonly prices: PriceLookup;
}
