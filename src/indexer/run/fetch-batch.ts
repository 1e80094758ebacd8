import { traceStep } from '../../index.js';
import type { EventItem, SourceItem } from '../sources/source.js';
import { findKnown } from './known-events.js';
import type { TakenEvent } from './process-event.js';
import type { RunContext } from './run-context.js';

/** A batch, sorted out. */
export interface Batch {
  readonly events: readonly TakenEvent[];
  readonly bad: ReadonlyArray<Exclude<SourceItem, EventItem>>;
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
      events: items.map((item) => ({ item, fetchedBy: step.link, known: known.get(item) })),
      bad: next.value.filter((item) => item.kind === 'bad'),
    };
  });
}
