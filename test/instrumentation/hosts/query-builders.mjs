// biome-ignore-all lint/suspicious/noThenProperty: what this is about
// Steps and traced methods that return what begins its work when it is awaited. Prints what an untraced application sees of it.
import { setImmediate as turn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { traceEvent, traceMethods, traceStep } from 'grants-otel';

let done = 0;

class Builder {
  parts = [];

  where(part) {
    this.parts.push(part);
    return this;
  }

  then(resolve, reject) {
    done++;
    return traceStep('query', async () => {
      if (this.parts.includes('wrong')) throw new Error('no such column');
      return this.parts.join(' and ');
    }).then(resolve, reject);
  }
}

/** As those that are promises and begin late all the same. */
class LatePromise extends Promise {
  then(resolve, reject) {
    done++;
    return super.then(resolve, reject);
  }
}

class Store {
  donations() {
    return new Builder();
  }

  late() {
    return new LatePromise((resolve) => resolve('late'));
  }

  frozen() {
    return Object.freeze(new Builder().where('frozen'));
  }

  cancellable() {
    return Object.assign(Promise.resolve('kept'), { cancel: () => 'cancelled' });
  }
}
traceMethods(Store, { donations: 'donations', late: 'late', frozen: 'frozen', cancellable: 'cancellable' });

const store = new Store();
const say = (...words) => console.log(done, ...words);
const event = { chainId: 10, contractName: 'S', eventName: 'E' };

await traceEvent(event, async () => {
  say(await store.donations().where('a').where('b'));
  const twice = store.donations().where('twice');
  say(await twice, await twice, Object.hasOwn(twice, 'then'));
  await store
    .donations()
    .where('wrong')
    .then(say, (error) => say(error.message));
  const builder = new Builder();
  say(traceStep('outer', () => traceStep('inner', () => builder)) === builder);
  say(await builder.where('nested'), Object.hasOwn(builder, 'then'));
  store.donations().where('forgotten');
  const later = store.donations().where('later');
  await turn();
  say(await later, Object.hasOwn(later, 'then'));
  const frozen = Object.freeze(traceStep('frozen', () => ({ then: (resolve) => void resolve('as it was') })));
  await turn();
  say(await frozen, await frozen);
  const failing = traceStep('failing', () => {
    const failed = Promise.reject(new Error('refused'));
    return Object.assign(failed, { safe: () => failed.catch((error) => error.message) });
  });
  say(await failing.safe());
  const library = { isPending: () => false, then: (resolve) => void resolve('told'), tap: () => 'tapped' };
  const ofLibrary = traceStep('library', () => library);
  say(ofLibrary.tap(), await ofLibrary);
  const realm = runInNewContext('Promise.resolve("far")');
  say(await traceStep('realm', () => realm));
  say(traceStep('proxy', () => new Proxy(Promise.resolve(), {})) instanceof Promise);
  say(store.late() instanceof LatePromise);
  say(await store.late());
  say(await store.frozen());
  const promise = store.cancellable();
  say(promise.cancel(), await promise);
});
const outside = new Builder();
say(traceStep('outside', () => outside) === outside);
await turn();
say(Object.hasOwn(outside, 'then'), await outside.where('later'));
