import { traceStep } from '../../index.js';
import { type KeptFailedEvent, nextFailedEvents } from '../database/failed-events.js';
import { readEventText } from '../sources/read-event.js';
import { keepAndReport, toFailedEvent } from './failures.js';
import { processEvent } from './process-event.js';
import type { RunContext } from './run-context.js';

/**
 * Takes the failed events again in chain order, past the cursors. One that succeeds, and one that turns out to have been processed, is
 * kept no more; one that fails again stays, with its new reason.
 */
export async function retryFailed(
  context: RunContext,
  options: { batchSize: number; signal: AbortSignal },
): Promise<void> {
  const { database, retry } = context;
  const { batchSize, signal } = options;
  let after: KeptFailedEvent['place'] | undefined;
  while (!signal.aborted) {
    const page = await traceStep('fetchEvents', async (step) => ({
      rows: await retry(() => nextFailedEvents(database, { after, limit: batchSize })),
      fetchedBy: step.link,
    }));
    if (page.rows.length === 0) return;
    for (const { identity, position, payload, place } of page.rows) {
      if (signal.aborted) return;
      const item = readEventText(payload, position);
      if (item.kind === 'bad') await keepAndReport(context, [toFailedEvent(item, item, identity)]);
      else await processEvent(context, { item, fetchedBy: page.fetchedBy, failedIdentity: identity });
      after = place;
    }
  }
}
