import { numberOf, textOf } from '../../traces/reported-attributes.js';
import { causeSharePercent } from '../../traces/slow-spans.js';
import { type CsvColumn, csvMs, csvTime, toCsv } from '../output/csv.js';
import { eventNameOf, idInRow, type SlowRow, textInRow } from './slow-row.js';

/** What has no column of its own in the audit's rows. */
const DETAILS = [
  'contractName',
  'logIndex',
  'blockAgeMs',
  'tokenAddress',
  'amountInRoundMatchToken',
  'donationCount',
  'totalAmountInUsd',
  'totalAmountDonatedInUsd',
  'error.type',
  'interrupted',
];

/** The counts of an event are those of its round; a step has them only if it is the one that counts. */
function countOf({ span, facts }: SlowRow, key: string): number | undefined {
  return numberOf(span.attributes, key) ?? (span.isEvent ? numberOf(facts.roundStats ?? {}, key) : undefined);
}

function detailsOf({ span, facts }: SlowRow): string {
  const stats = span.isEvent ? facts.roundStats : undefined;
  const all = { ...stats, ...span.attributes };
  return JSON.stringify(Object.fromEntries(DETAILS.flatMap((key) => (key in all ? [[key, all[key]]] : []))));
}

function column(key: string): CsvColumn<SlowRow> {
  return { head: key, cell: (row) => textInRow(row, key) };
}

/** The audit's columns, in its order. */
const AUDIT_COLUMNS: readonly CsvColumn<SlowRow>[] = [
  { head: 'timestamp', cell: ({ span }) => csvTime(span.startUnixMs + span.durationMs) },
  { head: 'eventType', cell: (row) => textInRow(row, 'eventName') ?? eventNameOf(row) },
  { head: 'operation', cell: ({ span }) => span.name },
  { head: 'duration', cell: ({ span }) => csvMs(span.durationMs) },
  {
    head: 'totalTime',
    cell: ({ span, facts }) => csvMs(span.isEvent ? span.durationMs : facts.event?.durationMs),
  },
  column('blockNumber'),
  column('transactionHash'),
  { head: 'chainId', cell: (row) => idInRow(row, 'chainId') },
  column('roundId'),
  column('applicationId'),
  column('donorAddress'),
  column('recipientAddress'),
  column('amount'),
  column('amountInUsd'),
  { head: 'uniqueDonorsCount', cell: (row) => countOf(row, 'uniqueDonorsCount') },
  { head: 'totalDonationsCount', cell: (row) => countOf(row, 'totalDonationsCount') },
  { head: 'details', cell: detailsOf },
];

const OWN_COLUMNS: readonly CsvColumn<SlowRow>[] = [
  { head: 'when', cell: ({ span }) => csvTime(span.startUnixMs) },
  { head: 'event', cell: eventNameOf },
  { head: 'thresholdMs', cell: ({ span }) => csvMs(numberOf(span.attributes, 'slowThresholdMs')) },
  { head: 'cause', cell: ({ span }) => textOf(span.attributes, 'slowCause') },
  { head: 'causeMs', cell: ({ span }) => csvMs(numberOf(span.attributes, 'slowCauseMs')) },
  { head: 'causeSharePercent', cell: ({ span }) => causeSharePercent(span)?.toFixed(1) },
  { head: 'failed', cell: ({ span }) => span.failed },
  { head: 'traceId', cell: ({ span }) => span.traceId },
  { head: 'spanId', cell: ({ span }) => span.spanId },
  { head: 'traceUrl', cell: ({ span }) => span.traceUrl },
];

/** Slow spans as CSV: the audit's columns, then ours. */
export function slowToCsv(rows: readonly SlowRow[], options?: { header?: boolean }): string {
  return toCsv([...AUDIT_COLUMNS, ...OWN_COLUMNS], rows, options);
}
