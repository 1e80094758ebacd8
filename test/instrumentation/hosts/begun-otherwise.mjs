// What begins its work by more than `then`, as Objection's builders, Knex's transactions and Prisma's promises do.
import { traceEvent, traceStep } from 'grants-otel';

const say = (...words) => console.log(...words);

class Query {
  constructor(fails) {
    this.fails = fails;
    this.runs = 0;
  }
  execute(...args) {
    this.runs++;
    return traceStep('query', async () => {
      await new Promise((done) => setTimeout(done, 5));
      if (this.fails) throw Object.assign(new Error(this.fails), { code: 'E_QUERY' });
      return ['rows', ...args].join(' ');
    });
  }
  // biome-ignore lint/suspicious/noThenProperty: that is what it is about
  then(...settled) {
    return this.execute().then(...settled);
  }
  catch(...args) {
    // As Bluebird: with a class of errors first.
    const [of, handler] = args.length > 1 ? args : [Error, args[0]];
    return this.execute().catch((error) => {
      if (error instanceof of) return handler(error);
      throw error;
    });
  }
  finally(done) {
    return this.execute().finally(done);
  }
}

let index = 0;
const event = (handle) =>
  traceEvent({ chainId: 1, contractName: 'S', eventName: 'E', logIndex: index++ }, handle);
const OWN = ['then', 'catch', 'finally', 'execute'];

for (const fails of [undefined, 'refused']) {
  for (const begin of [
    (query) => query.catch((error) => `caught ${error.code}`),
    (query) => query.finally(() => say('finally')).catch((error) => `passed on ${error.code}`),
    (query) => query.execute('all').catch((error) => `executed ${error.code}`),
    (query) => query.catch(TypeError, () => 'never').catch((error) => `of another class ${error.code}`),
    (query) =>
      query.then(
        (rows) => rows,
        (error) => `rejected ${error.code}`,
      ),
  ]) {
    const query = new Query(fails);
    const inStep = event(async () => {
      const returned = traceStep('step', () => query);
      say(returned === query, await begin(returned));
    });
    await inStep;
    say(
      query.runs,
      OWN.some((name) => Object.hasOwn(query, name)),
    );
    const ofEvent = new Query(fails);
    const nested = event(() => traceStep('nested', () => ofEvent));
    say(nested === ofEvent, await begin(nested));
    say(
      ofEvent.runs,
      OWN.some((name) => Object.hasOwn(ofEvent, name)),
    );
  }
}
