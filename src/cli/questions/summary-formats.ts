import { SKETCH_ERROR } from '../../traces/durations.js';
import type { SummaryRow } from '../../traces/summary.js';
import { type CsvColumn, csvMs, csvTime, toCsv } from '../output/csv.js';
import type { Column } from '../output/table.js';

/** Counts of a sample are rounded: they stand for whole spans. */
function whole(count: number): number {
  return Math.round(count);
}

function avgMs({ durations }: SummaryRow): number {
  return durations.totalMs / durations.count;
}

function numeric(value: string | undefined): string | number | null {
  if (value === undefined) return null;
  return /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

/** What `chainId` is, and nothing else: an id such as roundId is text, though it looks like a number. */
function jsonValue(key: string, value: string | undefined): string | number | null {
  return key === 'chainId' ? numeric(value) : (value ?? null);
}

/** One element of `--json`; the keys that were grouped by come first. */
export function summaryToJson(row: SummaryRow, keys: readonly string[]): Record<string, unknown> {
  const { durations } = row;
  return {
    ...Object.fromEntries(keys.map((key, at) => [key, jsonValue(key, row.values[at])])),
    count: whole(durations.count),
    slowCount: whole(row.slowCount),
    errorCount: whole(row.errorCount),
    minMs: durations.minMs,
    avgMs: avgMs(row),
    p50Ms: durations.percentileMs(0.5),
    p95Ms: durations.percentileMs(0.95),
    p99Ms: durations.percentileMs(0.99),
    maxMs: durations.maxMs,
    totalMs: durations.totalMs,
    lastEnd: new Date(row.lastUnixMs).toISOString(),
    readCount: durations.addedCount,
    estimated: durations.isWeighted,
    percentileErrorPercent: durations.isExact ? 0 : SKETCH_ERROR * 100,
  };
}

function valueAt(key: string, keys: readonly string[]): (row: SummaryRow) => string | undefined {
  const at = keys.indexOf(key);
  return (row) => (at === -1 ? undefined : row.values[at]);
}

/** The audit's columns first, in its order; `eventName` and `chainId` are empty where the groups do not tell them. */
export function summaryToCsv(rows: readonly SummaryRow[], keys: readonly string[]): string {
  const tellsEvent = keys.includes('event') || keys.includes('eventName');
  const audit: CsvColumn<SummaryRow>[] = [
    { head: 'timestamp', cell: ({ lastUnixMs }) => csvTime(lastUnixMs) },
    {
      head: 'eventName',
      cell: (row) => (tellsEvent ? (row.eventName ?? valueAt('event', keys)(row)) : undefined),
    },
    { head: 'slowCount', cell: ({ slowCount }) => whole(slowCount) },
    { head: 'avgDuration', cell: (row) => csvMs(avgMs(row)) },
    { head: 'maxDuration', cell: ({ durations }) => csvMs(durations.maxMs) },
    { head: 'minDuration', cell: ({ durations }) => csvMs(durations.minMs) },
    { head: 'chainId', cell: valueAt('chainId', keys) },
  ];
  const own: CsvColumn<SummaryRow>[] = [
    ...keys
      .filter((key) => key !== 'chainId' && key !== 'eventName')
      .map((key) => ({ head: key, cell: valueAt(key, keys) })),
    { head: 'count', cell: ({ durations }) => whole(durations.count) },
    { head: 'errorCount', cell: ({ errorCount }) => whole(errorCount) },
    ...[50, 95, 99].map((percent) => ({
      head: `p${percent}Duration`,
      cell: ({ durations }: SummaryRow) => csvMs(durations.percentileMs(percent / 100)),
    })),
    { head: 'totalDuration', cell: ({ durations }) => csvMs(durations.totalMs) },
    { head: 'readCount', cell: ({ durations }) => durations.addedCount },
    { head: 'estimated', cell: ({ durations }) => durations.isWeighted },
    { head: 'percentileErrorPercent', cell: ({ durations }) => (durations.isExact ? 0 : SKETCH_ERROR * 100) },
  ];
  return toCsv([...audit, ...own], rows);
}

const HEADS: Readonly<Record<string, string>> = {
  chainId: 'chain',
  roundId: 'round',
  applicationId: 'app',
  name: 'span',
};

function ms(value: number): string {
  return value >= 100_000 ? value.toFixed(0) : value.toFixed(1);
}

function right(head: string, text: (row: SummaryRow) => string, moveBelow?: number): Column<SummaryRow> {
  return { head, align: 'right', text, ...(moveBelow === undefined ? {} : { moveBelow }) };
}

/** The columns of the table; counts of a sample have a `~`, and so have percentiles that are estimated. */
export function summaryColumns(keys: readonly string[]): Column<SummaryRow>[] {
  const mark = (is: boolean): string => (is ? '~' : '');
  const counted = (count: (row: SummaryRow) => number) => (row: SummaryRow) =>
    mark(row.durations.isWeighted && count(row) > 0) + whole(count(row));
  const percentile = (share: number) => (row: SummaryRow) =>
    mark(row.durations.isWeighted || !row.durations.isExact) + ms(row.durations.percentileMs(share));
  const estimated = (value: (row: SummaryRow) => number) => (row: SummaryRow) =>
    mark(row.durations.isWeighted) + ms(value(row));
  return [
    ...keys.map(
      (key, at): Column<SummaryRow> => ({ head: HEADS[key] ?? key, text: (row) => row.values[at] }),
    ),
    right(
      'count',
      counted(({ durations }) => durations.count),
    ),
    right(
      'slow',
      counted(({ slowCount }) => slowCount),
    ),
    right(
      'errors',
      counted(({ errorCount }) => errorCount),
    ),
    right('min ms', ({ durations }) => ms(durations.minMs), 1),
    right('avg', estimated(avgMs), 3),
    right('p50', percentile(0.5)),
    right('p95', percentile(0.95)),
    right('p99', percentile(0.99), 4),
    right('max', ({ durations }) => ms(durations.maxMs)),
    right(
      'total',
      estimated(({ durations }) => durations.totalMs),
      2,
    ),
  ];
}
