import { describe, expect, test } from 'vitest';
import { createSqlReader } from '../../instrumentation/sql-statement.js';

const read = createSqlReader();

describe('a statement in a trace', () => {
  test.each([
    ["SELECT * FROM t WHERE name = 'O''Brien' AND id = 42", 'SELECT * FROM t WHERE name = ? AND id = ?'],
    ["select E'it\\'s', E'a' || 'b'", 'select ?, ? || ?'],
    ["select E'a'\n -- goes on\n 'b\\'SECRET c', 'd'", 'select ?, ?'],
    ["select E'a' -- note\n 'b\\'', 'SECRET'", 'select ?, ?'],
    ["select E'a'\r'b\\'', 'SECRET'", 'select ?, ?'],
    ["select E'a' 'SECRET'", 'select ? ?'],
    ["select 'a' like $1 escape '\\' and n = 2", 'select ? like $1 escape ? and n = ?'],
    ["select 'b\\'', 'SECRET'", 'select ?'],
    // Where it ends depends on a setting of the session.
    ["select 'a\\' || 'b' from t", 'select ?'],
    ['/* a /* b */ SECRET */ select 1', 'select ?'],
    ["with /* a /* b */ 'c' */ x as (select 's') select 2", 'with   x as (select ?) select ?'],
    ['select /* not /* closed */ SECRET', 'select'],
    ['select "not closed', 'select ?'],
    ['select $1::int, $2, $tag$ secret $1 $tag$, $$x$$', 'select $1::int, $2, ?, ?'],
    ['select "col 1", t2.c3 from "O""x" t2', 'select "col 1", t2.c3 from "O""x" t2'],
    ['select 1.5e-3, .5, 0x1F, -7', 'select ?, ?, ?, -?'],
    ["select 1 -- it's a secret\n, 2 /* 'x */", 'select ?  \n, ?'],
    ["select U&'d\\0061t', B'101', n'x'", 'select ?, ?, ?'],
    ["select 'not closed", 'select ?'],
    ['select $a$ not closed: hunter2', 'select ?'],
    ['select $é$ hunter2 $é$', 'select ?'],
  ])('has no values and no comments: %s', (statement, text) => {
    expect(read(statement).text).toBe(text);
  });

  test('has no values either where it is cut off in the middle of one', () => {
    expect(read(`DO $$ ${'hunter2 '.repeat(2000)}$$`).text).toBe('DO ?');
  });

  test.each([
    ['insert\ninto t values ($1)', 'INSERT'],
    ['  (select 1) union select 2', 'SELECT'],
    ['COMMIT;', 'COMMIT'],
    ['/* name */ update t set a = 1', 'UPDATE'],
    ["with a as (insert into x values (1) returning *), b as (select ')') update t set n = 1", 'UPDATE'],
    ['WITH RECURSIVE a(n) AS (VALUES (1)) SELECT * FROM a', 'SELECT'],
    ['with a as materialized (delete from x returning 1) insert into t select * from a', 'INSERT'],
    ['', ''],
  ])('is named after what it does: %s', (statement, operation) => {
    expect(read(statement).operation).toBe(operation);
  });

  test('is told from others that are as long, however many there are', () => {
    const reader = createSqlReader();
    const column = (index: number): string => `c${String(index).padStart(4, '0')}`;
    for (const round of [1, 2]) {
      for (let index = 0; index < 1000; index++) {
        const { operation, text } = reader(`select ${column(index)} from t where round = ${round}`);
        expect([operation, text]).toEqual(['SELECT', `select ${column(index)} from t where round = ?`]);
      }
    }
  });

  test('is read once, also where its text is made anew for each call', () => {
    const reader = createSqlReader();
    const make = (index: number): string => ['select', '*', 'from', `t${index}`].join(' ');
    const first = Array.from({ length: 300 }, (_, index) => reader(make(index * 1e6)));
    expect(reader(make(7e6))).toBe(first[7]);
    for (let index = 0; index < 500; index++) reader(`${make(index)} where ${'x'.repeat(index)}`);
    expect(reader(make(299e6))).toEqual(first[299]);
  });
});
