// A row whose function reads its call wrong.
export default [
  {
    as: 'event',
    file: '/hosts/handler.mjs',
    export: 'Handler',
    method: 'handle',
    event: ({ args }) => ({ chainId: args[0].chain.id, contractName: 'Own', eventName: 'Donated' }),
  },
];
