// Rows that match nothing, and rows whose functions fail.
export default [
  { file: '/hosts/handler.mjs', export: 'Gone', method: 'handle', name: 'a' },
  { file: '/hosts/handler.mjs', export: 'Handler', method: 'gone', name: 'b' },
  { file: '/hosts/handler.mjs', export: 'Sealed', method: 'open', name: 'c' },
  { file: '/hosts/handler.mjs', export: 'Handler', method: 'parts', name: 'e' },
  { file: '/hosts/handler.mjs', export: 'Handler', method: 'handle', field: 'nothing', name: 'f' },
  { file: '/hosts/handler.mjs', export: 'Handler', field: 'round', name: 'g' },
  { file: '/hosts/nowhere.mjs', export: 'Nothing', method: 'at', name: 'd' },
  {
    as: 'event',
    file: '/hosts/handler.mjs',
    export: 'Handler',
    method: 'handle',
    event: ({ args }) => ({ chainId: args[0].chain.id, contractName: 'Own', eventName: 'Donated' }),
  },
];
