import { styleText } from 'node:util';
import CliTable, { type CellOptions } from 'cli-table3';
import { printable } from './printable.js';

/** One column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly align?: 'right';
  /** Undefined is shown as `-`. */
  readonly text: (row: Row) => string | undefined;
  /** Where the cell leads to, in a terminal that shows links. */
  readonly href?: (row: Row) => string | undefined;
  /** Moves below the row, on a line of its own, where the terminal is too narrow for all columns. */
  readonly canMoveBelow?: boolean;
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The width to fit, in characters; undefined for as wide as it gets, with nothing cut. */
  readonly maxWidth: number | undefined;
  readonly color: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 6;
const NO_LINES = {
  ...{
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  },
  ...{
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: GAP,
  },
};

function cellText<Row>(column: Column<Row>, row: Row): string {
  return printable(column.text(row) ?? '-');
}

function naturalWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map((column) =>
    rows.reduce((widest, row) => Math.max(widest, [...cellText(column, row)].length), column.head.length),
  );
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/** Takes from the widest column until all fit, or none has anything left to give. */
function shrink(widths: readonly number[], maxWidth: number): number[] {
  const result = [...widths];
  for (let over = totalWidth(result) - maxWidth; over > 0; over--) {
    const widest = result.indexOf(Math.max(...result));
    if ((result[widest] ?? 0) <= LEAST_WIDTH) break;
    result[widest] = (result[widest] ?? 0) - 1;
  }
  return result;
}

function linkTo<Row>(column: Column<Row>, row: Row): CellOptions {
  const href = column.href?.(row);
  return href === undefined ? { content: cellText(column, row) } : { content: cellText(column, row), href };
}

function lines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], widths: number[]): string[] {
  const table = new CliTable({
    head: columns.map(({ head }) => head),
    colWidths: widths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: NO_LINES,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => columns.map((column) => linkTo(column, row))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A line below a row: the head of a column that found no room, and its text. */
function lineBelow<Row>(column: Column<Row>, row: Row, color: boolean): string[] {
  if (column.text(row) === undefined) return [];
  const text = cellText(column, row);
  const href = column.href?.(row);
  const linked = href === undefined ? text : `\u001b]8;;${href}\u0007${text}\u001b]8;;\u0007`;
  const head = `  ${column.head}: `;
  return [(color ? styleText('dim', head, { validateStream: false }) : head) + linked];
}

/** A table as text, one line a row, or several where not all columns fit; ends with a newline. */
export function renderTable<Row>({ columns, rows, maxWidth, color }: TableOptions<Row>): string {
  const widths = naturalWidths(columns, rows);
  const fits = maxWidth === undefined || totalWidth(widths) <= maxWidth;
  const inRow = fits ? columns : columns.filter(({ canMoveBelow }) => !canMoveBelow);
  const below = fits ? [] : columns.filter(({ canMoveBelow }) => canMoveBelow);
  const rowWidths = naturalWidths(inRow, rows);
  const [head = '', ...body] = lines(
    inRow,
    rows,
    maxWidth === undefined ? rowWidths : shrink(rowWidths, maxWidth),
  );
  const bodyLines = rows.flatMap((row, at) => [
    body[at] ?? '',
    ...below.flatMap((column) => lineBelow(column, row, color)),
  ]);
  const headLine = color ? styleText('bold', head, { validateStream: false }) : head;
  return `${[headLine, ...bodyLines].join('\n')}\n`;
}
