import { traceStep } from '../../index.js';
import type { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/database-error.js';
import { deleteFailedEvent } from '../database/failed-events.js';
import { type EventKey, findProcessed, insertProcessedEvent } from '../database/processed-events.js';
import type { Change } from './change.js';

/** The changes of one event. */
export interface EventChanges {
  readonly key: EventKey;
  readonly changes: readonly Change[];
  /** The failed event that this one was kept as, and is no more. */
  readonly failedIdentity?: string | undefined;
}

/**
 * Writes what an event changes, and that it was processed, in one transaction. False where the event had been processed already, by another
 * process or by an attempt whose answer was lost; nothing is written then.
 */
export async function applyChanges(database: Database, event: EventChanges): Promise<boolean> {
  try {
    return await database.transaction(async (transaction) => {
      for (const change of event.changes) {
        if (await traceStep(change.step, (step) => change.apply(transaction, step))) continue;
        transaction.abandon();
        return false;
      }
      const isNew = await traceStep('InsertProcessedEvent', () =>
        insertProcessedEvent(transaction, event.key),
      );
      if (!isNew) {
        transaction.abandon();
        return false;
      }
      const { failedIdentity } = event;
      if (failedIdentity !== undefined)
        await traceStep('DeleteFailedEvent', () => deleteFailedEvent(transaction, failedIdentity));
      return true;
    });
  } catch (error) {
    if (isUniqueViolation(error) && (await findProcessed(database, [event.key])).size > 0) return false;
    throw error;
  }
}
