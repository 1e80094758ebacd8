module.exports = [
  {
    as: 'event',
    file: '/whole/processor.cjs',
    export: 'default',
    method: 'process',
    event: () => ({ chainId: 10, contractName: 'Own', eventName: 'Donated' }),
  },
  { file: '/whole/processor.cjs', export: 'default', method: 'class', name: 'firstClass' },
  { file: '/whole/compiled.cjs', export: 'default', method: 'work', name: 'compiledWork' },
  { file: '/whole/handle.cjs', export: 'default', name: 'handleDonation' },
  { file: '/whole/plugin.cjs', export: 'default', name: 'plugIn' },
  { file: '/whole/unreadable.cjs', export: 'gone', name: 'gone' },
  { file: '/whole/prices.cjs', export: 'Prices', field: 'lookup', name: 'priceLookup' },
  { file: '/whole/prices.cjs', export: 'Abstract', field: 'lookup', name: 'ownLookup' },
  { file: '/whole/prices.cjs', export: 'makeQuery', name: 'makeQuery' },
  { file: '/whole/prices.cjs', export: 'Prices', name: 'a class is no function to be wrapped' },
];
