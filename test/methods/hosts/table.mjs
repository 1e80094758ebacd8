/** @type {import('grants-otel').MethodTable} */
export default [
  { as: 'batch', file: '/hosts/fetch.cjs', export: 'Source', method: 'take', name: 'fetchEvents' },
  {
    as: 'event',
    file: '/hosts/handler.mjs',
    export: 'Handler',
    method: 'handle',
    event: ({ args: [{ block, round }] }) => ({
      chainId: 10,
      contractName: 'Own',
      eventName: 'Donated',
      blockNumber: block,
      roundId: round,
    }),
  },
  {
    file: '/hosts/handler.mjs',
    export: 'Handler',
    field: 'store',
    name: ({ key }) => `${key}Donation`,
    before: ({ args: [amount] }) => ({ step: { amount } }),
    after: ({ by }) => ({ event: { applicationId: `application of ${by}` } }),
  },
  { file: '/hosts/handler.mjs', export: 'readAmount', name: 'amountParsing' },
];
