import { DatabaseUnavailableError, describeFault, sqlStateOf } from '../database/database-error.js';
import { type FailedEvent, identityOf, recordFailedEvents } from '../database/failed-events.js';
import { oneLine } from '../one-line.js';
import type { SourceItem } from '../sources/source.js';
import type { RunContext } from './run-context.js';

/** True for an error that ends the run: it is not this event's fault, and the next one would meet it too. */
export function endsTheRun(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && code !== '') return code;
  return error instanceof Error ? error.name : 'UNKNOWN';
}

/** Tells of a failure in one line. */
export function reportFailure(
  context: RunContext,
  { position, code, reason }: Pick<FailedEvent, 'position' | 'code' | 'reason'>,
): void {
  context.tally.add('failed');
  context.onFailure(oneLine(`${position}: ${code}: ${reason}`));
}

/** Why something could not be taken. */
export interface Why {
  readonly code: string;
  readonly reason: string;
}

/** Why handling an event failed, out of what it threw. */
export function whyOf(error: unknown): Why {
  const reason =
    sqlStateOf(error) === undefined && error instanceof Error ? error.message : describeFault(error);
  return { code: codeOf(error), reason };
}

/** An item as it is kept. */
export function toFailedEvent(item: SourceItem, why: Why, identity = identityOf(item)): FailedEvent {
  const { chainId, blockNumber, logIndex } = item.kind === 'event' ? item.event : item;
  const { position, payload } = item;
  const { code, reason } = why;
  return { identity, chainId, blockNumber, logIndex, position, payload, code, reason };
}

/** Keeps failed events and tells of them. */
export async function keepAndReport(context: RunContext, failed: readonly FailedEvent[]): Promise<void> {
  await context.retry(() => recordFailedEvents(context.database, failed));
  for (const event of failed) reportFailure(context, event);
}
