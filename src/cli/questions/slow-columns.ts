import { numberOf, textOf } from '../../traces/reported-attributes.js';
import { causeSharePercent } from '../../traces/slow-spans.js';
import type { Column } from '../output/table.js';
import { eventNameOf, idInRow, type SlowRow, textInRow } from './slow-row.js';

export interface SlowColumnsOptions {
  readonly rows: readonly SlowRow[];
  /** Whether spans other than events are among them. */
  readonly hasSteps: boolean;
  readonly isTerminal: boolean;
  /** Whether that terminal shows OSC 8 links. */
  readonly showsLinks: boolean;
}

/**
 * Where the trace is: a link behind its id in a terminal that shows links, its address in one that does not, and both, side by side,
 * where the output is no terminal.
 */
function traceColumns({ rows, isTerminal, showsLinks }: SlowColumnsOptions): Column<SlowRow>[] {
  const head = 'trace';
  if (showsLinks) {
    return [{ head, text: ({ span }) => span.traceId, href: ({ span }) => span.traceUrl, moveBelow: 2 }];
  }
  if (isTerminal) {
    return [{ head, text: ({ span }) => span.traceUrl ?? span.traceId, moveBelow: 2 }];
  }
  const id: Column<SlowRow> = { head, text: ({ span }) => span.traceId };
  const hasLinks = rows.some(({ span }) => span.traceUrl !== undefined);
  return hasLinks ? [id, { head: 'link', text: ({ span }) => span.traceUrl }] : [id];
}

function shareOf({ span }: SlowRow): string | undefined {
  const percent = causeSharePercent(span);
  return percent === undefined ? undefined : `${percent.toFixed(0)} %`;
}

/** The columns of `grants-otel slow`. */
export function slowColumns(options: SlowColumnsOptions): Column<SlowRow>[] {
  const span: Column<SlowRow> = { head: 'span', text: (row) => row.span.name };
  return [
    { head: 'when', text: (row) => new Date(row.span.startUnixMs).toISOString(), moveBelow: 6 },
    { head: 'event', text: eventNameOf },
    ...(options.hasSteps ? [span] : []),
    { head: 'chain', align: 'right', text: (row) => idInRow(row, 'chainId')?.toString() },
    { head: 'round', align: 'right', text: (row) => textInRow(row, 'roundId') },
    { head: 'app', align: 'right', text: (row) => textInRow(row, 'applicationId') },
    { head: 'ms', align: 'right', text: (row) => row.span.durationMs.toFixed(1) },
    {
      head: 'threshold',
      align: 'right',
      text: (row) => numberOf(row.span.attributes, 'slowThresholdMs')?.toString(),
      moveBelow: 5,
    },
    { head: 'share', align: 'right', text: shareOf },
    { head: 'cause', text: (row) => textOf(row.span.attributes, 'slowCause'), moveBelow: 3 },
    { head: 'block', align: 'right', text: (row) => idInRow(row, 'blockNumber')?.toString(), moveBelow: 4 },
    { head: 'transaction', text: (row) => textInRow(row, 'transactionHash'), moveBelow: 1 },
    ...traceColumns(options),
  ];
}
