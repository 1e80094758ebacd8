import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { noteDatabaseError, noteFailedStatement } from '../../src/tracing/database-errors.js';
import { describeError } from '../../src/tracing/describe-error.js';

class DatabaseError extends Error {
  code = '23505';
  severity = 'ERROR';
  table = 'donors';
}

describe('an error in a trace', () => {
  test('is told without what it quotes of PostgreSQL, through its causes', () => {
    const cause = new DatabaseError('duplicate key value (name)=(Alice)');
    const middle = new Error(`insert: ${cause.message}`, { cause });
    const { type, message, stack } = describeError(
      new Error(`event 5: ${middle.message}`, { cause: middle }),
    );
    expect({ type, message }).toEqual({
      type: 'Error',
      message: 'event 5: insert: SQLSTATE 23505, table donors',
    });
    expect(stack).not.toContain('Alice');
  });

  test.each([
    ['40P01', 'SQLSTATE 40P01 (deadlock_detected)'],
    ['57014', 'SQLSTATE 57014 (query_canceled)'],
    ['P0001', 'SQLSTATE P0001'],
  ])('is told by the name of its condition, where PostgreSQL answered %s', (code, message) => {
    const error = Object.assign(new Error('process 5 waits for (name)=(Alice)'), { code, severity: 'ERROR' });
    expect(describeError(error)).toMatchObject({ type: code, message });
  });

  test('keeps only the frames of its stack, whatever its message looks like', () => {
    const { stack } = describeError(new Error('first\n    at second'));
    expect(stack?.match(/at second/g)).toHaveLength(1);
    expect(stack).toContain('describe-error.test.ts');
  });

  test('may come from another realm', () => {
    const { type, message, stack } = describeError(runInNewContext('new TypeError("foreign")'));
    expect({ type, message }).toEqual({ type: 'TypeError', message: 'foreign' });
    expect(stack).toContain('evalmachine');
  });

  test('has a bounded message', () => {
    expect(describeError(new Error('x'.repeat(100_000))).message).toHaveLength(4096);
  });

  test.each([
    [
      'https://eth-mainnet.g.alchemy.com/v2/aB3dE6gH9jK2mN5pQ8sT1vW4yZ7_-xY0',
      'https://eth-mainnet.g.alchemy.com/v2/…',
    ],
    ['https://arb.infura.io/v3/0123456789abcdef0123456789abcdef?x=1', 'https://arb.infura.io/v3/…?…'],
    ['wss://node.example/ws?token=hunter2', 'wss://node.example/ws?…'],
    ['postgres://indexer:hunter2@db.example:5432/grants', 'postgres://…@db.example:5432/grants'],
    ['https://user:p%40ss@host', 'https://…@host'],
  ])('is told without the secrets of a URL, %s', (url, shown) => {
    const { message, stack } = describeError(
      new Error(`HTTP request failed.\n\nURL: ${url}\nRequest body: {}`),
    );
    expect(message).toBe(`HTTP request failed.\n\nURL: ${shown}\nRequest body: {}`);
    expect(stack?.startsWith(`Error: ${message}\n`)).toBe(true);
  });

  test.each([
    'https://ipfs.io/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    'https://ipfs.io/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG/readme',
    'https://arbiscan.io/tx/0x8a94ef455b40c31a418675c76ffeac36620f1d700c7c9aca4212050c974a1ddc',
    'https://github.com/gitcoinco/grants-stack-indexer-v2/issues/12#issuecomment',
    'http://127.0.0.1:8545/rpc/42161',
    'node:internal/process file:///srv/app/dist/main.js:12:7',
  ])('is told with what is no secret of a URL, %s', (url) => {
    expect(describeError(new Error(`at ${url}`)).message).toBe(`at ${url}`);
  });

  test('is told without what it quotes of PostgreSQL within JSON', () => {
    const cause = Object.assign(new Error('invalid input syntax for type integer: "SECRET"'), {
      code: '22P02',
      severity: 'ERROR',
    });
    const { message, stack } = describeError(
      new Error(`failed: ${JSON.stringify({ m: cause.message })}`, { cause }),
    );
    expect(message).toBe('failed: {"m":"SQLSTATE 22P02"}');
    expect(stack).not.toContain('SECRET');
  });

  test('is told by SQLSTATE, constraint and table where the application says the detail alone', () => {
    const detail = 'Key (id, tag)=(7, a=b) already exists.';
    const cause = Object.assign(new Error('duplicate key value'), {
      code: '23505',
      severity: 'ERROR',
      constraint: 'donors_pkey',
      detail,
    });
    const [key, value] = detail.split('=');
    const told = 'SQLSTATE 23505, constraint donors_pkey';
    expect(describeError(new Error(`Duplicate: ${detail}`, { cause })).message).toBe(`Duplicate: ${told}`);
    expect(describeError(new Error(`Duplicate: ${key}=${value}`, { cause })).message).toBe(
      `Duplicate: ${told}`,
    );
    const both = new Error(`${cause.message} (${detail})`, { cause });
    expect(describeError(both).message).toBe(`${told} (its detail)`);
  });

  test('is told without what it quotes of PostgreSQL, where that begins as what another one said', () => {
    const longer = 'row 5 of donors is of (name)=(Alice)';
    for (const text of ['row 5 of donors', longer])
      noteDatabaseError(Object.assign(new Error(text), { code: 'P0001', severity: 'ERROR' }));
    expect(describeError(new Error(`failed: ${longer}`)).message).toBe('failed: SQLSTATE P0001');
  });

  test('is told without the parameters that Drizzle puts into its message', () => {
    class DrizzleQueryError extends Error {
      readonly query = 'insert into "donors" values ($1, $2)';
      readonly params = ['Alice', 7];
      constructor() {
        super('Failed query: insert into "donors" values ($1, $2)\nparams: Alice,7');
      }
    }
    const cause = new DrizzleQueryError();
    expect(describeError(cause).message).toBe('Failed query: insert into "donors" values ($1, $2)');
    const wrapped = describeError(new Error(`not stored: ${cause.message}`));
    expect(wrapped.message).toBe('not stored: Failed query: insert into "donors" values ($1, $2)');
    expect(wrapped.stack).not.toContain('Alice');
    expect(describeError(new Error(JSON.stringify({ m: cause.message }))).message).not.toContain('Alice');
  });

  test('is told without a short text of PostgreSQL, where it ends with that', () => {
    const cause = Object.assign(new Error('bob'), { code: 'P0001', severity: 'ERROR' });
    for (const before of ['Database error', 'E: 1'])
      expect(describeError(new Error(`${before}: bob`, { cause })).message).toBe(`${before}: SQLSTATE P0001`);
    expect(describeError(new Error('bob', { cause })).message).toBe('SQLSTATE P0001');
    expect(describeError(new Error('no: bobs', { cause })).message).toContain('no: bobs');
    // It may be something else's.
    expect(describeError(new Error('sent by: bob')).message).toBe('sent by: bob');
  });

  test('is told without the values of a statement that has failed', () => {
    const statement = "INSERT INTO donors (name) VALUES ('Alice')";
    noteFailedStatement(statement, 'INSERT INTO donors (name) VALUES (?)');
    noteFailedStatement('SELECT 1 FROM donors', 'SELECT 1 FROM donors');
    const quoting = `Failed query: ${statement}\nparams: `;
    for (const error of [new Error(quoting), new Error(JSON.stringify({ quoting }))]) {
      expect(describeError(error).message).toContain('INSERT INTO donors (name) VALUES (?)');
      expect(JSON.stringify(describeError(error))).not.toContain('Alice');
    }
  });

  test('is of its class, where it has no name of its own that says more', () => {
    class RoundNotFound extends Error {}
    class PriceError extends Error {
      override name = 'NoPrice';
    }
    class BadAmount extends TypeError {}
    const e = class extends Error {};
    Object.defineProperty(e, 'name', { value: 'e' });
    const thrown = [
      new RoundNotFound('27'),
      new PriceError(),
      new BadAmount(),
      new e(),
      new TypeError(),
      new Error(),
    ];
    expect(thrown.map((error) => describeError(error).type)).toEqual([
      'RoundNotFound',
      'NoPrice',
      'BadAmount',
      'Error',
      'TypeError',
      'Error',
    ]);
    expect(describeError(new RoundNotFound('27')).stack).toMatch(/^RoundNotFound: 27\n/);
  });

  test('tells what it comes from where it does not say so itself, and the stacks of its causes', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const failure = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
    const { type, message, stack } = describeError(new Error('no price', { cause: failure }));
    expect({ type, message }).toEqual({
      type: 'Error',
      message: `no price (cause: connect ECONNREFUSED 127.0.0.1:${port})`,
    });
    expect(stack?.split('\n').filter((line) => !line.startsWith('    at '))).toEqual([
      'Error: no price',
      'Caused by: TypeError: fetch failed',
      `Caused by: ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:${port}`,
    ]);
  });

  const refused = (address: string): Error =>
    Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });
  const donor = Object.assign(new Error('duplicate key value (name)=(Alice)'), {
    code: '23505',
    severity: 'ERROR',
    table: 'donors',
  });
  const own = new Error('own');
  own.cause = new Error('its cause', { cause: own });
  const unreadable = Object.defineProperty(new Error('unreadable'), 'cause', {
    get: () => {
      throw new Error('cannot be read');
    },
  });
  const unreadableText = Object.defineProperty(new Error(), 'message', {
    get: () => {
      throw new Error('cannot be read');
    },
  });

  test.each([
    [
      new AggregateError([refused('::1:5432'), refused('127.0.0.1:5432')], ''),
      'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
    ],
    [
      new AggregateError(
        [new Error('a', { cause: 'first' }), new Error('b'), new Error('b'), new Error('c')],
        'all',
      ),
      'all (cause: first; b)',
    ],
    [
      new Error('event 5', { cause: new Error('insert', { cause: donor }) }),
      'event 5 (cause: SQLSTATE 23505, table donors)',
    ],
    [new AggregateError([donor], `all of: ${donor.message}`), 'all of: SQLSTATE 23505, table donors'],
    [
      new Error('at wss://node.example', { cause: 'wss://node.example/ws?token=hunter2' }),
      'at wss://node.example (cause: wss://node.example/ws?…)',
    ],
    [new Error('refused', { cause: { code: 'E', reason: 'none' } }), 'refused'],
    [Object.assign(new Error('invalid'), { errors: [{ message: 'of a schema' }] }), 'invalid'],
    [own, 'own (cause: its cause)'],
    [unreadable, 'unreadable'],
    [new Error('outer', { cause: unreadableText }), 'outer'],
    [new Error('', { cause: new Error('') }), ''],
  ])('is told with its root causes: %s', (error, message) => {
    const told = describeError(error);
    expect(told.message).toBe(message);
    expect(told.stack).not.toContain('Alice');
    expect(told.stack).not.toContain('hunter2');
  });

  test('is told with its root cause, however deep that is', () => {
    let error = new Error('root');
    for (let depth = 0; depth < 20; depth++) error = new Error(`wrap ${depth}`, { cause: error });
    const { message, stack } = describeError(error);
    expect(message).toBe('wrap 19 (cause: root)');
    expect(stack?.match(/^Caused by: /gm)).toHaveLength(8);
    const shared = new Error('shared');
    const both = [new Error('a', { cause: shared }), new Error('b', { cause: shared })];
    expect(describeError(new AggregateError(both, 'all')).message).toBe('all (cause: shared)');
  });

  test('quotes nothing of PostgreSQL, wherever a library has put its error', () => {
    const answered = (at: number) =>
      Object.assign(new Error(`value of (name)=(Alice ${at})`), { code: '22P02', severity: 'ERROR' });
    const all = Array.from({ length: 5 }, (_, at) => answered(at));
    const texts = all.map((error) => error.message).join('; ');
    const within = (more: object): Error => Object.assign(new Error(`it said ${texts}`), more);
    for (const error of [
      within({ errors: all }),
      within({ errors: { ...all } }),
      within({ errors: all.map((one) => ({ ...one, message: one.message })) }),
      within({ errors: all, cause: new Error('other') }),
      within({ cause: new AggregateError(all) }),
      within({ cause: new Error('', { cause: all[0] }), errors: all }),
      within({ errors: [...Array(70).keys(), ...all], parent: new AggregateError(all) }),
      within({
        parent: { errors: Array(64).fill({}) },
        driverError: new Error('', { cause: new AggregateError(all) }),
      }),
      within({ errors: [new AggregateError([new AggregateError(all)])] }),
      within({ parent: within({ original: within({ driverError: within({ errors: all }) }) }) }),
      Object.assign(answered(7), { cause: new Error(`it said ${answered(7).message}`) }),
    ]) {
      const { message, stack } = describeError(error);
      expect(`${message}${stack}`).not.toContain('Alice');
    }
  });

  test('asks nothing of what it has within but values, and little of long lists', () => {
    const asked: string[] = [];
    const lazy = Object.defineProperty({}, 'parent', { get: () => asked.push('parent') });
    const long = Object.defineProperty(Array(1e6).fill('text'), 999_999, { get: () => asked.push('last') });
    expect(describeError(Object.assign(new Error('q'), { original: lazy, errors: long })).message).toBe('q');
    expect(asked).toEqual([]);
  });

  test('has a type without keys, of a bounded length', () => {
    const code = `https://user:pass@host/${'x'.repeat(500)}`;
    const { type, stack } = describeError(new Error('a', { cause: Object.assign(new Error('b'), { code }) }));
    expect(type).toBe('Error');
    expect(stack).not.toContain('pass');
    expect(describeError(Object.assign(new Error('c'), { code })).type).toHaveLength(128);
  });

  test('is cut before what it comes from is', () => {
    const { message } = describeError(
      new Error('x'.repeat(10_000), { cause: new Error('y'.repeat(10_000)) }),
    );
    expect(message).toMatch(/^x+… \(cause: y{1023}…\)$/);
    expect(message).toHaveLength(4096);
  });

  test('may be an object that is no error', () => {
    expect(describeError({ code: 'E_PRICE', message: 'no price' })).toEqual({
      type: 'E_PRICE',
      message: 'no price',
    });
    expect(describeError(null)).toEqual({ type: 'null', message: 'null' });
  });

  test.each([undefined, null, 5n, Symbol('s'), Object.create(null), { message: 'm' }])(
    'can be anything that is thrown: %s',
    (thrown) => {
      const { type, message } = describeError(thrown);
      expect(typeof type).toBe('string');
      expect(typeof message).toBe('string');
    },
  );
});
