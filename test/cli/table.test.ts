import { describe, expect, it } from 'vitest';
import { type Column, renderTable } from '../../src/cli/output/table.js';

interface Row {
  readonly name: string;
  readonly ms: number;
  readonly cause?: string;
  readonly url?: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'name', text: (row) => row.name },
  { head: 'ms', align: 'right', text: (row) => String(row.ms) },
  { head: 'cause', text: (row) => row.cause, href: (row) => row.url, moveBelow: 1 },
];
const ROWS: readonly Row[] = [
  { name: 'Strategy.AllocatedWithOrigin', ms: 1200, cause: 'InsertDonation > pg.query:INSERT grants' },
  { name: 'Allo.PoolCreated', ms: 7 },
];

describe('a table', () => {
  it('is as wide as it gets where there is no width to fit', () => {
    expect(renderTable({ columns: COLUMNS, rows: ROWS, maxWidth: undefined, color: false })).toBe(
      [
        'name                            ms  cause',
        'Strategy.AllocatedWithOrigin  1200  InsertDonation > pg.query:INSERT grants',
        'Allo.PoolCreated                 7  -',
        '',
      ].join('\n'),
    );
  });

  it('cuts nothing of wide characters where there is no width to fit', () => {
    const rows = [{ name: '資金調達ラウンド', ms: 1, cause: '寄付' }];
    const text = renderTable({ columns: COLUMNS, rows, maxWidth: undefined, color: false });
    expect(text).toBe('name              ms  cause\n資金調達ラウンド   1  寄付\n');
  });

  it('has as many rows as there are, all as wide as the widest of them, wherever that stands', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => ({
      name: at === 12_345 ? '資金'.repeat(5) : 'a',
      ms: at,
    }));
    const more = Array.from({ length: 10 }, (): Column<Row> => ({ head: 'x', text: () => 'y' }));
    const columns = [...COLUMNS.slice(0, 2), ...more];
    const lines = renderTable({ columns, rows, maxWidth: undefined, color: false }).split('\n');
    const line = (name: string, ms: string, x: string): string =>
      [name, ms.padStart(5), ...more.map(() => x)].join('  ');
    expect(lines.slice(0, 2)).toEqual([line('name'.padEnd(20), 'ms', 'x'), line('a'.padEnd(20), '0', 'y')]);
    expect(lines[12_346]).toBe(line('資金'.repeat(5), '12345', 'y'));
    expect(lines.slice(20_000)).toEqual([line('a'.padEnd(20), '19999', 'y'), '']);
    const cut = renderTable({ columns: COLUMNS.slice(0, 2), rows, maxWidth: 14, color: false }).split('\n');
    expect(cut.slice(12_345, 12_348)).toEqual(['a        12344', '資金資…  12345', 'a        12346']);
  });

  it('puts below the row what does not fit beside the others', () => {
    expect(renderTable({ columns: COLUMNS, rows: ROWS, maxWidth: 60, color: false })).toBe(
      [
        'name                            ms',
        'Strategy.AllocatedWithOrigin  1200',
        '  cause: InsertDonation > pg.query:INSERT grants',
        'Allo.PoolCreated                 7',
        '',
      ].join('\n'),
    );
  });

  it('moves columns below one after the other, and puts several on a line where they fit', () => {
    const columns = [{ ...COLUMNS[0], moveBelow: 2 }, ...COLUMNS.slice(1)] as typeof COLUMNS;
    const text = (maxWidth: number) =>
      renderTable({ columns, rows: ROWS.slice(0, 1), maxWidth, color: false });
    const cause = 'cause: InsertDonation > pg.query:INSERT grants';
    expect(text(40).split('\n').slice(1)).toEqual(['Strategy.AllocatedWithOrigin  1200', `  ${cause}`, '']);
    expect(text(20).split('\n').slice(1)).toEqual([
      '1200',
      '  name: Strategy.AllocatedWithOrigin',
      `  ${cause}`,
      '',
    ]);
    const short = columns.map((column) => ({ ...column, text: () => 'abcdef' }));
    expect(renderTable({ columns: short, rows: ROWS.slice(0, 1), maxWidth: 16, color: false })).toBe(
      'name        ms\nabcdef  abcdef\n  cause: abcdef\n',
    );
    expect(
      renderTable({ columns: short.slice(0, 1), rows: ROWS.slice(0, 1), maxWidth: 3, color: false }),
    ).toBe('\n\n  name: abcdef\n');
  });

  it('cuts the widest column, visibly, where even the row does not fit', () => {
    expect(renderTable({ columns: COLUMNS.slice(0, 2), rows: ROWS, maxWidth: 20, color: false })).toBe(
      ['name              ms', 'Strategy.Allo…  1200', 'Allo.PoolCrea…     7', ''].join('\n'),
    );
  });

  it('shows control characters instead of sending them', () => {
    const rows = [{ name: 'a\u001b[31mb\u009b2Jc\nd', ms: 1 }];
    const text = renderTable({ columns: COLUMNS, rows, maxWidth: undefined, color: false });
    expect(text.split('\n')[1]).toBe('a\\u001b[31mb\\u009b2Jc\\u000ad   1  -');
  });

  it('links a cell with OSC 8, beside the others and below them', () => {
    const rows = [{ name: 'a', ms: 1, cause: 'x', url: 'http://jaeger/trace/1' }];
    const link = '\u001b]8;;http://jaeger/trace/1\u0007x\u001b]8;;\u0007';
    for (const maxWidth of [undefined, 8]) {
      expect(renderTable({ columns: COLUMNS, rows, maxWidth, color: false })).toContain(link);
    }
  });

  it('sends escape sequences for colour only where colour is wanted', () => {
    const table = { columns: COLUMNS, rows: ROWS, maxWidth: 60 };
    expect(renderTable({ ...table, color: false })).not.toContain('\u001b');
    expect(renderTable({ ...table, color: true })).toContain('\u001b[1m');
  });
});
