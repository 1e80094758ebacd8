module.exports = [
  {
    as: 'event',
    file: '/known/timers.cjs',
    export: 'Processor',
    method: 'processEvent',
    event: () => ({ chainId: 10, contractName: 'Own', eventName: 'Donated' }),
  },
  { file: '/known/timers.cjs', export: 'Store', method: 'save', name: 'storeDonation' },
];
