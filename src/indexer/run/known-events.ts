import { compareKeys } from '../database/cursors.js';
import { findFailedEvents, identityOf } from '../database/failed-events.js';
import { findProcessed, keyText } from '../database/processed-events.js';
import type { EventItem } from '../sources/source.js';
import type { Why } from './failures.js';
import type { RunContext } from './run-context.js';

/** What became of an event before: it was processed, or it failed, and why. */
export type Known = 'processed' | Why;

/**
 * What is known of events that do not come after their chain's cursor. A bad copy of an event that was processed is the failure that it was,
 * because failures are known by their text.
 */
export async function findKnown(
  context: RunContext,
  items: readonly EventItem[],
): Promise<ReadonlyMap<EventItem, Known>> {
  const { cursors, database, retry } = context;
  const passed = items.filter(({ event }) => {
    const cursor = cursors.of(event.chainId);
    return cursor !== undefined && compareKeys(event, cursor) <= 0;
  });
  if (passed.length === 0) return new Map();
  const identities = new Map(passed.map((item) => [item, identityOf(item)]));
  const failed = await retry(() => findFailedEvents(database, [...identities.values()]));
  const events = passed.map(({ event }) => event);
  const processed = await retry(() => findProcessed(database, events));
  const known = new Map<EventItem, Known>();
  for (const [item, identity] of identities) {
    const failure = failed.get(identity);
    if (failure) known.set(item, failure);
    else if (processed.has(keyText(item.event))) known.set(item, 'processed');
  }
  return known;
}
