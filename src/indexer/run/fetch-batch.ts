import { traceStep } from '../../index.js';
import { compareKeys } from '../database/cursors.js';
import { findProcessed, keyText } from '../database/processed-events.js';
import type { EventItem, SourceItem } from '../sources/source.js';
import type { TakenEvent } from './process-event.js';
import type { RunContext } from './run-context.js';

/** A batch, sorted out. */
export interface Batch {
  readonly events: readonly TakenEvent[];
  readonly bad: ReadonlyArray<Exclude<SourceItem, EventItem>>;
}

/** Those of a batch that were processed before. Past a chain's cursor there are none, but for what another process does meanwhile. */
async function findKnown(context: RunContext, items: readonly EventItem[]): Promise<Set<string>> {
  const { cursors, database, retry } = context;
  const passed = items.filter(({ event }) => {
    const cursor = cursors.of(event.chainId);
    return cursor !== undefined && compareKeys(event, cursor) <= 0;
  });
  if (passed.length === 0) return new Set();
  return retry(() =>
    findProcessed(
      database,
      passed.map(({ event }) => event),
    ),
  );
}

/** Fetches the next batch, as a trace of its own that its events' traces link to; undefined at the end. */
export function fetchBatch(
  context: RunContext,
  batches: AsyncIterator<SourceItem[]>,
): Promise<Batch | undefined> {
  return traceStep('fetchEvents', async (step) => {
    const next = await batches.next();
    if (next.done) return undefined;
    const items = next.value.filter((item) => item.kind === 'event');
    const known = await findKnown(context, items);
    return {
      events: items.map((item) => ({
        item,
        fetchedBy: step.link,
        wasProcessed: known.has(keyText(item.event)),
      })),
      bad: next.value.filter((item) => item.kind === 'bad'),
    };
  });
}
