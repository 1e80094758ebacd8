import { causeSharePercent, type SlowEvent } from '../../traces/slow-events.js';
import type { Column } from '../output/table.js';

export interface SlowColumnsOptions {
  readonly events: readonly SlowEvent[];
  readonly isTerminal: boolean;
  /** Whether that terminal shows OSC 8 links. */
  readonly showsLinks: boolean;
}

/**
 * Where the trace is: a link behind its id in a terminal that shows links, its address in one that does not, and both, side by side,
 * where the output is no terminal.
 */
function traceColumns({ events, isTerminal, showsLinks }: SlowColumnsOptions): Column<SlowEvent>[] {
  const head = 'trace';
  if (showsLinks) {
    return [{ head, text: (event) => event.traceId, href: (event) => event.traceUrl, moveBelow: 1 }];
  }
  if (isTerminal) return [{ head, text: (event) => event.traceUrl ?? event.traceId, moveBelow: 1 }];
  const id: Column<SlowEvent> = { head, text: (event) => event.traceId };
  const hasLinks = events.some((event) => event.traceUrl !== undefined);
  return hasLinks ? [id, { head: 'link', text: (event) => event.traceUrl }] : [id];
}

/** The columns of `grants-otel slow`. */
export function slowColumns(options: SlowColumnsOptions): Column<SlowEvent>[] {
  return [
    { head: 'when', text: (event) => new Date(event.startUnixMs).toISOString(), moveBelow: 4 },
    { head: 'event', text: (event) => event.name },
    { head: 'chain', align: 'right', text: (event) => event.chainId?.toString() },
    { head: 'round', align: 'right', text: (event) => event.roundId },
    { head: 'app', align: 'right', text: (event) => event.applicationId },
    { head: 'ms', align: 'right', text: (event) => event.durationMs.toFixed(1) },
    { head: 'threshold', align: 'right', text: (event) => event.thresholdMs?.toString(), moveBelow: 3 },
    {
      head: 'share',
      align: 'right',
      text: (event) => {
        const percent = causeSharePercent(event);
        return percent === undefined ? undefined : `${percent.toFixed(0)} %`;
      },
    },
    { head: 'cause', text: (event) => event.cause, moveBelow: 2 },
    ...traceColumns(options),
  ];
}
