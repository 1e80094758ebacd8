import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import { TracedContextManager } from '../../instrumentation/traced-context.js';

const NAME = createContextKey('name');
const hasFrames = Number.parseInt(process.versions.node, 10) >= 24;

const named = (name: string): Context => ROOT_CONTEXT.setValue(NAME, name);

let manager: TracedContextManager;

/** The name of what is active. */
const active = (): unknown => manager.active().getValue(NAME);

afterEach(() => {
  manager.disable();
});

describe.each([
  { by: 'AsyncLocalStorage', followPromisesOnly: () => {} },
  { by: 'promises', followPromisesOnly: () => manager.followPromisesOnly() },
])('by $by', ({ followPromisesOnly }) => {
  function start(): void {
    manager = new TracedContextManager();
    followPromisesOnly();
  }

  test('each of many runs that wait for one another keeps what is active in it', async () => {
    start();
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        manager.with(named(`outer ${index}`), async () => {
          await turn();
          const inner = await manager.with(named(`inner ${index}`), async () => {
            const before = active();
            await null;
            await turn();
            return [before, active()];
          });
          await Promise.all([turn(), Promise.resolve()]);
          return [...inner, active()];
        }),
      ),
    );
    for (const [index, names] of seen.entries())
      expect(names).toEqual([`inner ${index}`, `inner ${index}`, `outer ${index}`]);
    expect(active()).toBeUndefined();
  });

  test('nothing stays active behind a run, whether it returns, throws or rejects', async () => {
    start();
    expect(manager.with(named('a'), () => active())).toBe('a');
    expect(() =>
      manager.with(named('a'), () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(active()).toBeUndefined();
    await expect(manager.with(named('a'), () => Promise.reject(new Error('later')))).rejects.toThrow('later');
    await turn();
    expect(active()).toBeUndefined();
  });

  test('promises that are gone on with in the middle of a run leave what is active in it', async () => {
    start();
    const elsewhere = createContext({}, { microtaskMode: 'afterEvaluate' });
    const goOnElsewhere = () =>
      runInContext('(async () => { await 1; await Promise.resolve() })()', elsewhere);
    const seen = await manager.with(named('a'), async () => {
      goOnElsewhere();
      const first = active();
      await null;
      goOnElsewhere();
      return [
        first,
        active(),
        manager.with(named('b'), () => {
          goOnElsewhere();
          return active();
        }),
      ];
    });
    expect(seen).toEqual(['a', 'a', 'b']);
    expect(active()).toBeUndefined();
  });

  test('a run gets its this and its arguments', () => {
    start();
    const add = function (this: { base: number }, one: number, two: number): number {
      return this.base + one + two;
    };
    expect(manager.with(named('a'), add, { base: 100 }, 20, 3)).toBe(123);
  });

  test('a callback of a promise has active what was active where it was given, not where the promise was made', async () => {
    start();
    const seen: unknown[] = [];
    const made = manager.with(named('maker'), () => turn());
    const refused = manager.with(named('maker'), async () => {
      await turn();
      throw new Error('refused');
    });
    await manager.with(named('waiter'), () =>
      Promise.all([
        made.then(() => seen.push(active())).finally(() => seen.push(active())),
        refused.catch(() => seen.push(active())),
      ]),
    );
    expect(seen).toEqual(['waiter', 'waiter', 'waiter']);
  });

  test('what begins its work when it is awaited begins it in what is active there', async () => {
    start();
    const seen: unknown[] = [];
    const builder = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested.
      then(done: (value: string) => void) {
        seen.push(active());
        done('built');
      },
    };
    await manager.with(named('a'), async () => {
      await turn();
      seen.push(await builder, active());
    });
    expect(seen).toEqual(['a', 'built', 'a']);
  });

  test('a generator that is read elsewhere has active what is active at its reader', async () => {
    start();
    async function* names(): AsyncGenerator<unknown> {
      yield active();
      await turn();
      yield active();
    }
    const seen: unknown[] = [];
    await manager.with(named('reader'), async () => {
      for await (const name of names()) seen.push(name, active());
    });
    expect(seen).toEqual(['reader', 'reader', 'reader', 'reader']);
  });

  test('a function and the listeners of an emitter can be bound', () => {
    start();
    const emitter = new EventEmitter();
    manager.bind(named('bound'), emitter);
    const seen: unknown[] = [];
    emitter.on('news', () => seen.push(active()));
    emitter.emit('news');
    const bound = manager.bind(named('bound'), () => active());
    expect([...seen, bound(), active()]).toEqual(['bound', 'bound', undefined]);
  });
});

test('promises that are followed look as they do untraced', async () => {
  manager = new TracedContextManager();
  manager.followPromisesOnly();
  const promise = manager.with(named('a'), async () => {
    await null;
    return 1;
  });
  await promise;
  expect(Reflect.ownKeys(promise)).toEqual([]);
  expect(inspect(promise, { showHidden: true })).toBe('Promise { 1 }');
});

test('where only promises are followed, a timer has nothing active, but what awaits it has', async () => {
  manager = new TracedContextManager();
  manager.followPromisesOnly();
  const seen: unknown[] = [];
  await manager.with(named('a'), async () => {
    await turn();
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        seen.push(active());
        resolve();
      }, 1);
    });
    seen.push(active());
  });
  expect(seen).toEqual([hasFrames ? 'a' : undefined, 'a']);
});

test('promises are followed no more after it is disabled', async () => {
  manager = new TracedContextManager();
  manager.followPromisesOnly();
  const seen = manager.with(named('a'), async () => {
    const before = active();
    await turn();
    return [before, active()];
  });
  manager.disable();
  expect(await seen).toEqual(['a', hasFrames ? 'a' : undefined]);
});

test('once it is disabled promises are not followed again', async () => {
  manager = new TracedContextManager();
  manager.disable();
  manager.followPromisesOnly();
  const seen = await manager.with(
    named('a'),
    () => new Promise((resolve) => setTimeout(() => resolve(active()), 1)),
  );
  expect(seen).toBe('a');
});

test('what is active already is not lost when it is told that promises are enough', async () => {
  manager = new TracedContextManager();
  const seen = manager.with(named('a'), async () => {
    await turn();
    return active();
  });
  manager.followPromisesOnly();
  expect(await seen).toBe('a');
});
