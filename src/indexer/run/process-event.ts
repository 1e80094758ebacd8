import { type Step, traceEvent, traceStep } from '../../index.js';
import { BadEventError } from '../bad-event-error.js';
import { applyChanges } from '../changes/apply-changes.js';
import { type ChainCursor, compareKeys } from '../database/cursors.js';
import { deleteFailedEvent, recordFailedEvents } from '../database/failed-events.js';
import { decodeEvent, type HandledEvent } from '../event.js';
import { handleEvent } from '../handlers/handle-event.js';
import type { EventItem } from '../sources/source.js';
import { endsTheRun, reportFailure, toFailedEvent, whyOf } from './failures.js';
import { findKnown, type Known } from './known-events.js';
import type { RunContext } from './run-context.js';

/** An event on its way through a run. */
export interface TakenEvent {
  readonly item: EventItem;
  /** The step that fetched it. */
  readonly fetchedBy: Step['link'];
  /** What a look at the batch it came in has found of it. */
  readonly known?: Known | undefined;
  /** Set for one that failed before and is retried: its order does not matter then. */
  readonly failedIdentity?: string;
}

type Decoded = { readonly handled: HandledEvent } | { readonly error: unknown };

function decode(taken: TakenEvent): Decoded | undefined {
  try {
    const handled = decodeEvent(taken.item.event);
    return handled && { handled };
  } catch (error) {
    return { error };
  }
}

function lateError(taken: TakenEvent, cursor: ChainCursor): BadEventError {
  const { chainId, blockNumber, logIndex } = taken.item.event;
  return new BadEventError(
    'LATE_EVENT',
    `expected an event of chain ${chainId} after block ${cursor.blockNumber}, log index ${cursor.logIndex}, ` +
      `found block ${blockNumber}, log index ${logIndex}, never processed; retry takes it`,
  );
}

/** Decides what the event changes and writes it; again from the start where the database failed in a way that passes. */
function takeInHand(context: RunContext, taken: TakenEvent, decoded: Decoded): Promise<boolean> {
  const { database, handlers, retry } = context;
  return retry(async (attempt) => {
    const changes = await traceStep('handleEvent', () => {
      if ('error' in decoded) throw decoded.error;
      return handleEvent(handlers, decoded.handled);
    });
    const isNew = await traceStep('applyChanges', () =>
      applyChanges(database, { key: taken.item.event, changes, failedIdentity: taken.failedIdentity }),
    );
    // A second attempt that finds the event processed finds its own first one, whose COMMIT went unanswered.
    return isNew || attempt > 1;
  });
}

/** Handles an event as one trace. A failure is kept inside of it, and thrown. */
function traceTaken(context: RunContext, taken: TakenEvent, decoded: Decoded): Promise<boolean> {
  const { event } = taken.item;
  const traced = {
    chainId: event.chainId,
    contractName: event.contractName,
    eventName: event.eventName,
    blockNumber: event.blockNumber,
    logIndex: event.logIndex,
    transactionHash: event.transactionFields.hash,
    blockTimestampMs: event.blockTimestamp * 1000,
    fetchedBy: taken.fetchedBy,
  };
  return traceEvent(traced, async () => {
    try {
      return await takeInHand(context, taken, decoded);
    } catch (error) {
      if (endsTheRun(error)) throw error;
      const failed = toFailedEvent(taken.item, whyOf(error), taken.failedIdentity);
      await context.retry(() =>
        traceStep('InsertFailedEvent', () => recordFailedEvents(context.database, [failed])),
      );
      throw error;
    }
  });
}

/** A failed event that turned out to need nothing is kept no more. */
async function forgetFailure({ database, retry }: RunContext, taken: TakenEvent): Promise<void> {
  const { failedIdentity } = taken;
  if (failedIdentity !== undefined) await retry(() => deleteFailedEvent(database, failedIdentity));
}

/** Writes the cursor past a failed event, which processed events do not show, so that a run after a crash does not take it for a new one. */
async function passFailed({ cursors, database, retry }: RunContext, taken: TakenEvent): Promise<void> {
  cursors.advance(taken.item.event);
  await retry(() => cursors.save(database));
}

async function handle(context: RunContext, taken: TakenEvent, decoded: Decoded): Promise<void> {
  const { tally } = context;
  let isNew: boolean;
  try {
    isNew = await traceTaken(context, taken, decoded);
  } catch (error) {
    if (endsTheRun(error)) throw error;
    reportFailure(context, { position: taken.item.position, ...whyOf(error) });
    await passFailed(context, taken);
    return;
  }
  if (!isNew) {
    await forgetFailure(context, taken);
    tally.add('skipped');
    return;
  }
  tally.add('events');
  if ('handled' in decoded && decoded.handled.kind === 'AllocatedWithOrigin') tally.add('donations');
}

/** Counts an event that was met before; a failure is reported again, and counts an attempt more. */
async function passKnown(context: RunContext, item: EventItem, known: Known): Promise<void> {
  if (known === 'processed') {
    context.tally.add('skipped');
    return;
  }
  const { database, retry } = context;
  await retry(() => recordFailedEvents(database, [toFailedEvent(item, known)]));
  const reason = `${known.reason} (failed before; retry takes it again)`;
  reportFailure(context, { position: item.position, code: known.code, reason });
}

async function takeInOrder(context: RunContext, taken: TakenEvent, decoded: Decoded): Promise<void> {
  const { item } = taken;
  const cursor = context.cursors.of(item.event.chainId);
  const isAhead = !cursor || compareKeys(cursor, item.event) < 0;
  if (isAhead || taken.failedIdentity !== undefined) return handle(context, taken, decoded);
  const known = (await findKnown(context, [item])).get(item);
  if (known) return passKnown(context, item, known);
  const isLate = compareKeys(cursor, item.event) > 0;
  return handle(context, taken, isLate ? { error: lateError(taken, cursor) } : decoded);
}

/**
 * Takes one event in hand: processes it, skips it where that was done before, counts it where it is not handled, keeps it where it fails.
 * Afterwards its chain's cursor has passed it.
 * @throws DatabaseUnavailableError, and then the cursor has not.
 */
export async function processEvent(context: RunContext, taken: TakenEvent): Promise<void> {
  const { item, known } = taken;
  const decoded = known ? undefined : decode(taken);
  if (known) {
    await passKnown(context, item, known);
  } else if (decoded) {
    await takeInOrder(context, taken, decoded);
  } else {
    await forgetFailure(context, taken);
    context.tally.add('ignored');
  }
  context.cursors.advance(item.event);
}
