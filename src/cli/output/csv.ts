import { stringify } from 'csv-stringify/sync';
import type { Output } from '../request.js';
import { printable } from './printable.js';

export type CsvCell = string | number | boolean | undefined;

/** One column of CSV. */
export interface CsvColumn<Row> {
  readonly head: string;
  readonly cell: (row: Row) => CsvCell;
}

/** Milliseconds with three decimals. */
export function csvMs(ms: number | undefined): string | undefined {
  return ms?.toFixed(3);
}

/** A moment in ISO 8601, UTC, to the ms. */
export function csvTime(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

/**
 * CSV as RFC 4180 has it: lines end with CR LF, a cell with a comma, a quote or a line break is quoted. A text that a spreadsheet would
 * take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a CR) gets a `'` before it. What is not known is an empty cell.
 */
export function toCsv<Row>(
  columns: readonly CsvColumn<Row>[],
  rows: readonly Row[],
  { header = true }: { header?: boolean } = {},
): string {
  const records = rows.map((row) => columns.map(({ cell }) => cell(row)));
  return stringify(records, {
    header,
    columns: columns.map(({ head }, at) => ({ key: String(at), header: head })),
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]/,
    cast: { boolean: (value) => String(value) },
  });
}

/** Prints CSV as it is, but to a terminal with its control characters shown instead of sent. */
export function printCsv({ print, terminalColumns }: Output, text: string): void {
  print(terminalColumns === undefined ? text : text.split('\r\n').map(printable).join('\r\n'));
}
