module.exports = [
  {
    as: 'event',
    file: '/whole/processor.cjs',
    export: 'default',
    method: 'process',
    event: () => ({ chainId: 10, contractName: 'Own', eventName: 'Donated' }),
  },
  { file: '/whole/handle.cjs', export: 'default', name: 'handleDonation' },
  { file: '/whole/prices.cjs', export: 'Prices', field: 'lookup', name: 'priceLookup' },
  { file: '/whole/prices.cjs', export: 'Prices', name: 'a class is no function to be wrapped' },
];
