import { describe, expect, test } from 'vitest';
import { isFirstRecord, markRecorded } from '../../src/tracing/recorded-errors.js';

describe('an exception stands once in a trace', () => {
  test.each([
    ['an error', new Error('down')],
    ['an object', {}],
    ['a function', () => {}],
    ['a text', 'down'],
    ['a symbol', Symbol('down')],
    ['null', null],
    ['undefined', undefined],
  ])('and in every trace that meets it: %s', (_, thrown) => {
    expect(['one', 'one', 'two', 'one', 'two'].map((of) => isFirstRecord(thrown, of))).toEqual([
      ...[true, false],
      ...[true, false],
      false,
    ]);
  });

  test('of one that is thrown again and again only the last traces are kept', () => {
    const error = new Error('not found');
    const ids = Array.from({ length: 1000 }, (_, at) => `trace ${at}`);
    expect(ids.every((of) => isFirstRecord(error, of))).toBe(true);
    expect(isFirstRecord(error, 'trace 999')).toBe(false);
    expect(isFirstRecord(error, 'trace 0')).toBe(true);
  });

  test('but not on a step, in the trace whose SQL span has it', () => {
    const error = new Error('from PostgreSQL');
    markRecorded(error);
    markRecorded(error);
    expect(['one', 'one', 'two', 'two'].map((of) => isFirstRecord(error, of))).toEqual([
      ...[false, false],
      ...[true, false],
    ]);
  });
});
