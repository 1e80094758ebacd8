// Rows whose functions tell what is not heeded.
export default [
  {
    as: 'event',
    file: '/hosts/handler.mjs',
    export: 'Handler',
    method: 'handle',
    event: ({ args }) => ({ chainId: 1, contractName: 'Own', eventName: 'Donated', roundId: args[0].round }),
    attempt: 7,
  },
  { file: '/hosts/handler.mjs', export: 'readAmount', name: () => ({}), once: 'yes' },
  {
    file: '/hosts/handler.mjs',
    export: 'Handler',
    field: 'store',
    name: 'storeDonation',
    before: () => ({ amount: 1 }),
    after: () => {
      throw new Error('oops');
    },
  },
  {
    as: 'batch',
    file: '/hosts/fetch.cjs',
    export: 'Source',
    method: 'take',
    name: 'fetchEvents',
    events: (batch) => (batch.length > 1 ? 5 : batch.page),
  },
];
