module.exports = [
  {
    as: 'event',
    file: '/table/processor.mjs',
    export: 'Processor',
    method: 'process',
    event: () => ({ chainId: 1, contractName: 'S', eventName: 'E' }),
  },
  { file: '/table/processor.mjs', export: 'Processor', method: 'store', name: 'store' },
];
