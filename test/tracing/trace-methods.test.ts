import { describe, expect, test } from 'vitest';
import { traceMethods } from '../../src/tracing/trace-methods.js';
import { startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';

const HOST = 'test/tracing/hosts/traced-class.mjs';
const PRINTED = [
  'repository a b repository untraced',
  '{ donationCount: 5 } { donationCount: 3 }',
  'RangeError no row',
  'sync 2 []',
  'undefined',
  '',
].join('\n');

describe('a class whose methods are traced', () => {
  test('has a span for each call, on instances that were there before too', async () => {
    const receiver = await startReceiver();
    const ended = await runNode(['--require', './instrumentation', HOST], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    await receiver.close();
    expect(ended).toEqual({ code: 0, signal: null, stdout: PRINTED, stderr: '' });
    const spans = receiver.spans();
    const event = spans.find((span) => span.name === 'S.E');
    const trace = spans.filter((span) => span.traceId === event?.traceId);
    expect(drawTree(trace)).toBe(
      ['S.E', '├─ sync', '├─ OfRepository', '├─ InsertDonation', '├─ Query', '└─ fails'].join('\n'),
    );
    const of = (name: string) => spans.find((span) => span.name === name);
    expect(of('InsertDonation')?.attributes).toMatchObject({ amount: '5', roundId: '9', donationCount: 5 });
    expect(of('Query')?.attributes).toMatchObject({ donationCount: 3 });
    expect(of('fails')).toMatchObject({ status: { code: 2, message: 'no row' } });
    expect(of('fails')?.attributes).not.toHaveProperty('amount');
    expect(of('OfBase')?.traceId).not.toBe(event?.traceId);
  });

  test('does the same without a preload', async () => {
    expect(await runNode([HOST])).toEqual({ code: 0, signal: null, stdout: PRINTED, stderr: '' });
  });
});

describe('traceMethods', () => {
  class Repository {
    private constructor() {}
    readonly field = (): number => 1;
    get accessor(): () => number {
      return this.field;
    }
    async find(id: number): Promise<{ total: bigint }> {
      return { total: BigInt(id) };
    }
    *rows(): Generator<number> {
      yield 1;
    }
    async *pages(): AsyncGenerator<number> {
      yield 1;
    }
    static make(): Repository {
      return new Repository();
    }
  }

  test.each([
    ['field', /found none.*; a function kept in a field .* use traceStep inside it/],
    ['accessor', /found an accessor/],
    ['rows', /found a generator/],
    ['pages', /found a generator/],
    ['make', /found a static one/],
    ['finnd', /found none \(did you mean find\?\); a function kept in a field /],
    ['#secret', /found none that can be seen from outside; use traceStep inside it/],
  ] as const)('refuses %s, and then traces nothing', (name, message) => {
    const { find } = Repository.prototype;
    expect(() => traceMethods(Repository, { find: 'find', [name]: 'name' })).toThrow(message);
    expect(Repository.prototype.find).toBe(find);
  });

  test.each(['missing', 'constructor', 'toString'])('refuses %s, which is no method of the class', (name) => {
    expect(() => traceMethods(Repository, { [name]: 'name' })).toThrow(
      `traceMethods: expected ${name} to be a method of Repository, found none`,
    );
  });

  test.each([
    ['', 'an empty name'],
    [{ name: '' }, 'an empty name'],
    [{ name: 7 }, 'name: number'],
    [{ attributes: 'roundId' }, 'attributes: string'],
    [{ nmae: 'roundLookup' }, 'a "nmae" in it'],
    [null, 'null'],
    [5, 'number'],
  ])('refuses %j for how a method is traced', (how, found) => {
    const { find } = Repository.prototype;
    expect(() => traceMethods(Repository, { find: how as never })).toThrow(
      `traceMethods: expected find to be given the name of its spans or { name, attributes, resultAttributes }, found ${found}`,
    );
    expect(Repository.prototype.find).toBe(find);
  });

  test.each([undefined, null, Repository.prototype, () => 1])('refuses %s, which is no class', (of) => {
    expect(() => (traceMethods as (of: unknown, how: object) => unknown)(of, {})).toThrow(
      /^traceMethods: expected a class, found \w+; of an instance, give its class$/,
    );
  });

  test.each([undefined, null, 'find', ['find']])('refuses %s, which names no methods', (methods) => {
    expect(() => (traceMethods as (of: unknown, how: unknown) => unknown)(Repository, methods)).toThrow(
      /^traceMethods: expected the names of methods, each with how it is traced, as in \{ insert: 'InsertDonation' \}, found [\w ]+$/,
    );
  });

  test('refuses a method that is traced already', async () => {
    class Once {
      async find(): Promise<void> {}
    }
    expect(traceMethods(Once, { find: 'find' })).toBe(Once);
    expect(() => traceMethods(Once, { find: 'again' })).toThrow('found one that is traced already');
    await new Once().find();
  });

  test('is checked against the class by the compiler', () => {
    const check = (): void => {
      traceMethods(Repository, {
        find: {
          name: 'roundLookup',
          attributes: (id) => ({ roundId: id satisfies number }),
          resultAttributes: ({ total }) => ({ amount: total satisfies bigint }),
        },
      });
      class Loose<T> {
        // biome-ignore lint/suspicious/noExplicitAny: what nobody knows the type of may be traced
        any(): any {}
        never(): never {
          throw new Error('never');
        }
        generic<U extends T>(of: U): U {
          return of;
        }
      }
      traceMethods(Loose, { any: 'any', never: 'never', generic: 'generic' });
      // @ts-expect-error -- no such method
      traceMethods(Repository, { fnid: 'roundLookup' });
      // @ts-expect-error -- a generator, which has done nothing yet when it returns
      traceMethods(Repository, { rows: 'rows' });
      // @ts-expect-error -- as is an async one
      traceMethods(Repository, { pages: 'pages' });
      // @ts-expect-error -- chainId is an int
      traceMethods(Repository, { find: { attributes: () => ({ chainId: 'ten' }) } });
      // @ts-expect-error -- not an argument of the method
      traceMethods(Repository, { find: { attributes: (id: string) => ({ roundId: id }) } });
    };
    expect(check).toBeTypeOf('function');
  });
});
