// A class whose methods are traced: sync, async, inherited, failing, with attributes that throw.
import { traceEvent, traceMethods } from 'grants-otel';

class Base {
  inherited() {
    return this.name;
  }
}

class Repository extends Base {
  name = 'repository';
  sync(a, b) {
    return `${this.name} ${a} ${b}`;
  }
  async insert({ amount }) {
    return { donationCount: amount };
  }
  query() {
    // biome-ignore lint/suspicious/noThenProperty: a thenable, as query builders are
    return { then: (resolve) => resolve({ donationCount: 3 }) };
  }
  async fails() {
    throw new RangeError('no row');
  }
  untraced() {
    return 'untraced';
  }
}

const before = new Repository();
traceMethods(Base, { inherited: 'OfBase' });
traceMethods(Repository, {
  inherited: 'OfRepository',
  sync: {},
  insert: {
    name: 'InsertDonation',
    attributes: ({ amount }) => ({ amount: String(amount), roundId: 9 }),
    resultAttributes: ({ donationCount }) => ({ donationCount }),
  },
  query: { name: 'Query', resultAttributes: ({ donationCount }) => ({ donationCount }) },
  fails: {
    attributes: () => {
      throw new Error('attributes');
    },
    resultAttributes: () => ({ amount: 'never' }),
  },
});

await traceEvent({ chainId: 1, contractName: 'S', eventName: 'E' }, async () => {
  console.log(before.sync('a', 'b'), before.inherited(), before.untraced());
  console.log(await before.insert({ amount: 5 }), await before.query());
  console.log(await before.fails().catch((error) => `${error.name} ${error.message}`));
});
console.log(
  Repository.prototype.sync.name,
  Repository.prototype.sync.length,
  Object.keys(Repository.prototype),
);
console.log(new Base().inherited());
