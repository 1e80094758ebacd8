import type { IndexerEvent } from '../event.js';

/** The time of an event's block in ISO 8601. */
export function blockTime(event: IndexerEvent): string {
  return new Date(event.blockTimestamp * 1000).toISOString();
}
