import type { CauseRow, CauseSums, Causes } from '../../traces/causes.js';
import { type CsvColumn, csvMs, toCsv } from '../output/csv.js';
import type { Column } from '../output/table.js';

const NOT_TOLD = '(no cause told)';
const REST = '(outside of the cause)';

interface NamedRow {
  readonly name: string;
  readonly kind: 'cause' | 'not told' | 'others' | 'rest';
  readonly row: CauseRow;
}

function addUp(rows: readonly CauseRow[], sides: Causes['sides']): CauseRow {
  const sum = (side: number, of: (sums: CauseSums) => number): number =>
    rows.reduce((all, row) => all + (row.sides[side] ? of(row.sides[side]) : 0), 0);
  return {
    cause: undefined,
    sides: sides.map((_, side) => ({
      eventCount: sum(side, ({ eventCount }) => eventCount),
      selfMs: sum(side, ({ selfMs }) => selfMs),
      sharePercent: sum(side, ({ sharePercent }) => sharePercent),
    })),
  };
}

/**
 * The causes, at most `limit` of them, the others in one row, and what is left of the time of their events in the last one, so that all
 * adds up to 100 %.
 */
export function causeRows({ rows, sides }: Causes, limit = rows.length): NamedRow[] {
  const others = rows.slice(limit);
  const rest = sides.map(({ restMs, totalMs, eventCount }) => ({
    eventCount,
    selfMs: restMs,
    sharePercent: totalMs > 0 ? (restMs / totalMs) * 100 : 0,
  }));
  const named = rows.slice(0, limit).map((row): NamedRow => {
    const { cause } = row;
    return cause === undefined
      ? { name: NOT_TOLD, kind: 'not told', row }
      : { name: cause, kind: 'cause', row };
  });
  const folded: NamedRow = { name: `(${others.length} more)`, kind: 'others', row: addUp(others, sides) };
  return [
    ...named,
    ...(others.length > 0 ? [folded] : []),
    { name: REST, kind: 'rest', row: { cause: undefined, sides: rest } },
  ];
}

type Row = NamedRow;

function sums({ row }: Row, side: number): CauseSums {
  return row.sides[side] ?? { eventCount: 0, selfMs: 0, sharePercent: 0 };
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function sideToJson({ eventCount, selfMs, sharePercent }: CauseSums) {
  return { eventCount, selfMs: round(selfMs, 3), sharePercent: round(sharePercent, 2) };
}

function changeOf(row: Row): number {
  return sums(row, 1).sharePercent - sums(row, 0).sharePercent;
}

/** The answer as elements of `--json`. */
export function causesToJson(causes: Causes, limit: number | undefined): Record<string, unknown>[] {
  const isSplit = causes.sides.length > 1;
  return causeRows(causes, limit).map((row) => {
    const head = { cause: row.row.cause ?? null, kind: row.kind };
    return isSplit
      ? {
          ...head,
          before: sideToJson(sums(row, 0)),
          after: sideToJson(sums(row, 1)),
          changePercentPoints: round(changeOf(row), 2),
        }
      : { ...head, ...sideToJson(sums(row, 0)) };
  });
}

/** The answer as CSV. */
export function causesToCsv(causes: Causes, limit: number | undefined): string {
  const isSplit = causes.sides.length > 1;
  const ofSide = (side: number, suffix: string): CsvColumn<Row>[] => [
    { head: `eventCount${suffix}`, cell: (row) => sums(row, side).eventCount },
    { head: `selfTime${suffix}`, cell: (row) => csvMs(sums(row, side).selfMs) },
    { head: `sharePercent${suffix}`, cell: (row) => sums(row, side).sharePercent.toFixed(2) },
  ];
  const columns = isSplit ? [...ofSide(0, 'Before'), ...ofSide(1, 'After')] : ofSide(0, '');
  return toCsv([{ head: 'cause', cell: ({ name }) => name }, ...columns], causeRows(causes, limit));
}

function sideColumns(side: number, when: string): Column<Row>[] {
  const head = (text: string): string => (when === '' ? text : `${text} ${when}`);
  const percent = (row: Row): string => `${sums(row, side).sharePercent.toFixed(1)} %`;
  return [
    { head: head('events'), align: 'right', text: (row) => String(sums(row, side).eventCount) },
    { head: head('self ms'), align: 'right', text: (row) => sums(row, side).selfMs.toFixed(1), moveBelow: 1 },
    { head: head('share'), align: 'right', text: percent },
  ];
}

/** The columns of the table. */
export function causesColumns({ sides }: Causes): Column<Row>[] {
  const cause: Column<Row> = { head: 'cause', text: ({ name }) => name };
  if (sides.length === 1) return [cause, ...sideColumns(0, '')];
  const change = (row: Row): string => `${changeOf(row) >= 0 ? '+' : ''}${changeOf(row).toFixed(1)}`;
  return [
    cause,
    ...sideColumns(0, 'before'),
    ...sideColumns(1, 'after'),
    { head: 'change', align: 'right', text: change },
  ];
}
