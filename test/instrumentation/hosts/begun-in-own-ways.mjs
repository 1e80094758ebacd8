// Results that are awaited, and whose other methods do what their classes have them do.
import { traceEvent, traceStep } from 'grants-otel';

const say = (...words) => console.log(...words);
let index = 0;
const inStep = (what, use) =>
  traceEvent({ chainId: 1, contractName: 'S', eventName: 'E', logIndex: index++ }, async () => {
    await use(traceStep('step', () => what));
  });

class Tapped extends Promise {
  tap(look) {
    return this.then((value) => {
      look(value);
      return value;
    });
  }
}
/** An object with a `then` of its own. */
const lazy = (methods) => Object.defineProperty(methods, 'then', { value: thenOf, configurable: true });
function thenOf(...settled) {
  return this.run().then(...settled);
}
const wait = (value) => new Promise((done) => setTimeout(done, 5, value));

const own = lazy({ run: () => Tapped.resolve(5), catch: (handler) => Tapped.resolve(5).catch(handler) });
await inStep(own, (query) => query.catch(() => {}).tap((value) => say('1 tapped', value)));

const chainable = lazy({
  handlers: [],
  run() {
    return Promise.reject(new Error('refused')).catch(this.handlers[0]);
  },
  catch(handler) {
    this.handlers.push(handler);
    return this;
  },
  retries() {
    return this;
  },
});
await inStep(chainable, async (query) => say(await query.catch((error) => `2 ${error.message}`).retries(3)));

const cancellable = lazy({
  run: () => wait(3),
  execute: () => Object.assign(wait(3), { cancel: () => 'cancelled' }),
});
await inStep(cancellable, async (query) => {
  const running = query.execute();
  say(running.cancel(), await running);
});

const read = { count: 0 };
const withGetter = lazy({
  run: () => wait(4),
  get execute() {
    read.count++;
    return undefined;
  },
});
await inStep(withGetter, async (query) => say(await query, read.count));

const prepared = lazy({
  run: () => wait(5),
  execute: Object.assign(
    async function execute() {
      return wait(5);
    },
    { prepared: () => 'prepared' },
  ),
});
await inStep(prepared, async (query) =>
  say(query.execute.prepared(), query.execute.name, await query.execute()),
);

const withFallback = lazy({ run: () => wait(6), catch: (options) => Promise.resolve(options) });
await inStep(withFallback, async (query) => say(await query.catch({ fallback: 6 })));

const strict = lazy({
  run: () => wait(7),
  catch: () => {
    throw new Error('7 used twice');
  },
});
await inStep(strict, (query) => {
  try {
    query.catch(() => {});
  } catch (error) {
    say(error.message);
  }
});

const sync = lazy({ run: () => wait(8), execute: () => 8 });
await inStep(sync, (query) => say(query.execute()));

const throwing = lazy({
  run: () => wait(9),
  execute: () => {
    throw new Error('9 refused');
  },
});
await inStep(throwing, (query) => {
  try {
    query.execute();
  } catch (error) {
    say(error.message);
  }
});

// As a transaction of Knex: it has begun, and its `catch` is that of a promise of its own.
const transaction = lazy({
  run: () => wait(10),
  catch: (handler) => Promise.reject(new Error('10 rolled back')).catch(handler),
});
await inStep(transaction, async (query) => say(await query.catch((error) => error.message)));
