import { traceStep } from '../../index.js';
import type { EventItem, Source, SourceItem } from '../sources/source.js';
import { findKnown } from './known-events.js';
import type { TakenEvent } from './process-event.js';
import type { RunContext } from './run-context.js';

/** A batch, sorted out. */
export interface Batch {
  readonly events: readonly TakenEvent[];
  readonly bad: ReadonlyArray<Exclude<SourceItem, EventItem>>;
}

function fetchBatch(context: RunContext, batches: AsyncIterator<SourceItem[]>): Promise<Batch | undefined> {
  return traceStep('fetchEvents', async (step) => {
    const next = await batches.next();
    if (next.done) return undefined;
    const items = next.value.filter((item) => item.kind === 'event');
    const known = await findKnown(context, items);
    return {
      events: items.map((item) => ({ item, fetchedBy: step.link, known: known.get(item) })),
      bad: next.value.filter((item) => item.kind === 'bad'),
    };
  });
}

/**
 * Fetches the next batch that has something in it, as a trace of its own that its events' traces link to; undefined at the end. Waiting for
 * a source that has nothing now is no part of a fetch, and of no trace.
 */
export async function fetchNextBatch(
  context: RunContext,
  from: { source: Source; batches: AsyncIterator<SourceItem[]> },
): Promise<Batch | undefined> {
  const { source, batches } = from;
  while (true) {
    const batch = await fetchBatch(context, batches);
    if (!batch || batch.events.length + batch.bad.length > 0) return batch;
    await source.untilMore?.();
  }
}
