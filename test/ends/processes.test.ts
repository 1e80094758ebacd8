import { describe, expect, test } from 'vitest';
import { expectSame, namesOf, runBoth } from './run-both.js';

const HOSTS = 'test/ends/hosts';

/** The name of a span that ended, and of the one in flight beside it. */
const both = (...names: string[]): string[] => names.flatMap((name) => [name, `${name}, in flight!`]).sort();

describe.concurrent('processes with children of their own', () => {
  test.each([
    ['fork', both('fork', 'in a fork')],
    ['a fork that is killed', both('a fork that is killed', 'in a fork that stays up')],
    ['a fork that is disconnected', both('a fork that is disconnected', 'in a fork that listens')],
    ['cluster', both('cluster', 'in a cluster')],
    [
      'a cluster worker that is killed',
      both('a cluster worker that is killed', 'in a cluster that stays up'),
    ],
    [
      'a cluster worker that is disconnected',
      both('a cluster worker that is disconnected', 'in a fork that listens'),
    ],
    ['worker threads', both('worker threads')],
  ])('%s', async (kind, names) => {
    const result = await runBoth([`${HOSTS}/processes.mjs`, kind]);
    expectSame(result);
    expect(result.plain.stdout).toContain(`${kind} is through`);
    expect(namesOf(result.spans)).toEqual(names);
  });
});

describe.concurrent('programs that do not come to their end', () => {
  test('a top-level await that is never settled keeps its exit code and its warning', async () => {
    const result = await runBoth([`${HOSTS}/never-settles.mjs`]);
    expectSame(result);
    expect(result.plain.code).toBe(13);
    expect(namesOf(result.spans)).toEqual(['ended', 'in flight!']);
  });

  test('an import that fails', async () => {
    const result = await runBoth([`${HOSTS}/fails-to-load.mjs`]);
    expectSame(result);
    expect(result.plain.stderr).toContain('ERR_MODULE_NOT_FOUND');
    expect(namesOf(result.spans)).toEqual(['ended']);
  });

  test.each([['not-there.mjs'], ['not-there.cjs']])('a main module that is not there: %s', async (file) => {
    const result = await runBoth([`${HOSTS}/${file}`]);
    expectSame(result);
    expect(result.plain.code).toBe(1);
  });

  test.each([
    ['--eval', "require('grants-otel').traceStep('ended', () => {}); console.log('hello')"],
    ['--print', "require('grants-otel').traceStep('ended', () => 'hello')"],
    ['--eval', "require('grants-otel').traceStep('ended', () => {}); process.exit(4)"],
    ['--eval', "require('grants-otel').traceStep('ended', () => {}); setTimeout(() => { throw 'text' })"],
  ])('node %s %s', async (flag, code) => {
    const result = await runBoth([flag, code]);
    expectSame(result);
    expect(namesOf(result.spans)).toEqual(['ended']);
  });

  test.each(['strict', 'throw', 'warn', 'none', 'warn-with-error-code'])(
    'an unhandled rejection with --unhandled-rejections=%s',
    async (mode) => {
      const way = 'an unhandled rejection';
      const result = await runBoth([`--unhandled-rejections=${mode}`, `${HOSTS}/ways-to-end.cjs`, way]);
      expectSame(result);
      expect(namesOf(result.spans)).toEqual(['in flight!', 'just ended', 'just ended', 'just ended']);
    },
  );
});
