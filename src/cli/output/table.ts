import { styleText } from 'node:util';
import CliTable, { type CellOptions } from 'cli-table3';
import { link } from './link.js';
import { printable } from './printable.js';

/** One column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly align?: 'right';
  /** Undefined is shown as `-`. */
  readonly text: (row: Row) => string | undefined;
  /** Where the cell leads to, in a terminal that shows links. */
  readonly href?: (row: Row) => string | undefined;
  /** Which column moves below the row first, where the terminal is too narrow for all: 1 before 2; the others stay. */
  readonly moveBelow?: number;
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The width to fit, in characters; undefined for as wide as it gets, with nothing cut. */
  readonly maxWidth?: number | undefined;
  readonly color: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 6;
const ROWS_AT_ONCE = 20;
const LINES = ['top', 'bottom', 'left', 'mid', 'right'];
const JOINTS = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right'];
const SIDE_JOINTS = ['left-mid', 'mid-mid', 'right-mid'];
/** A table of spaces: every line of cli-table3's frame is taken away. */
const NO_FRAME = {
  ...Object.fromEntries([...LINES, ...JOINTS, ...SIDE_JOINTS].map((name) => [name, ''])),
  middle: GAP,
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

function linkedCell<Row>(column: Column<Row>, row: Row): CellOptions {
  const href = column.href?.(row);
  return href === undefined ? { content: cellText(column, row) } : { content: cellText(column, row), href };
}

/** A part of a table, laid out: the head and its rows, a line each, and the widths of the columns. */
function layOut<Row>(columns: readonly Column<Row>[], rows: readonly Row[], widths: readonly number[] = []) {
  const table = new CliTable({
    head: columns.map(({ head }) => head),
    colWidths: [...widths],
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: NO_FRAME,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(columns.map((column) => linkedCell(column, row)));
  const lines = table.toString().split('\n');
  return { lines: lines.map((line) => line.trimEnd()), widths: table.options.colWidths.map(Number) };
}

/** Rows in parts of so many as can be laid out at once: there cli-table3 compares each cell with all that stand above it. */
function partsOf<Row>(rows: readonly Row[]): (readonly Row[])[] {
  const count = Math.max(1, Math.ceil(rows.length / ROWS_AT_ONCE));
  return Array.from({ length: count }, (_, at) => rows.slice(at * ROWS_AT_ONCE, (at + 1) * ROWS_AT_ONCE));
}

/** The head and the rows, a line each; as wide as they get where no widths are given. */
function rowLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], given?: number[]): string[] {
  const parts = partsOf(rows);
  const widths =
    given ??
    parts
      .map((part) => layOut(columns, part).widths)
      .reduce((widest, of) => widest.map((width, at) => Math.max(width, of[at] ?? 0)));
  return parts.flatMap((part, at) => layOut(columns, part, widths).lines.slice(at === 0 ? 0 : 1));
}

/** Which columns stay in the row, and which go below it. */
function place<Row>({ columns, rows, maxWidth = Number.POSITIVE_INFINITY }: TableOptions<Row>) {
  let inRow = [...columns];
  const movable = columns.filter(({ moveBelow }) => moveBelow !== undefined);
  for (const column of movable.sort((a, b) => (a.moveBelow ?? 0) - (b.moveBelow ?? 0))) {
    if (totalWidth(naturalWidths(inRow, rows)) <= maxWidth) break;
    inRow = inRow.filter((other) => other !== column);
  }
  return { inRow, below: columns.filter((column) => !inRow.includes(column)) };
}

/** What found no room in its row, as `head: text`, as many to a line as fit. */
function linesBelow<Row>(
  below: readonly Column<Row>[],
  row: Row,
  { maxWidth = 0, color }: TableOptions<Row>,
) {
  const lines: string[] = [];
  let width = 0;
  for (const column of below) {
    if (column.text(row) === undefined) continue;
    const text = cellText(column, row);
    const href = column.href?.(row);
    const linked = href === undefined ? text : link(text, href);
    const head = `${column.head}: `;
    const item = (color ? styleText('dim', head, { validateStream: false }) : head) + linked;
    const itemWidth = GAP.length + head.length + [...text].length;
    const fits = lines.length > 0 && width + itemWidth <= maxWidth;
    if (fits) lines.push(`${lines.pop()}${GAP}${item}`);
    else lines.push(GAP + item);
    width = fits ? width + itemWidth : itemWidth;
  }
  return lines;
}

/** A table as text, one line a row, or several where not all columns fit; ends with a newline. */
export function renderTable<Row>(table: TableOptions<Row>): string {
  const { rows, maxWidth = Number.POSITIVE_INFINITY, color } = table;
  const { inRow, below } = place(table);
  const widths = naturalWidths(inRow, rows);
  const fits = totalWidth(widths) <= maxWidth;
  const [head = '', ...body] = rowLines(inRow, rows, fits ? undefined : shrink(widths, maxWidth));
  const bodyLines = rows.flatMap((row, at) => [body[at] ?? '', ...linesBelow(below, row, table)]);
  const headLine = color ? styleText('bold', head, { validateStream: false }) : head;
  return `${[headLine, ...bodyLines].join('\n')}\n`;
}
