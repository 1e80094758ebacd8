const file = '/handed-out/processor.cjs';

module.exports = [
  {
    as: 'next',
    file,
    export: 'Queue',
    method: 'pop',
    event: ({ chain, block }) => ({
      chainId: chain,
      contractName: 'Own',
      eventName: 'Donated',
      blockNumber: block,
    }),
  },
  { as: 'event', file, export: 'Processor', method: 'process' },
  { as: 'event', file, export: 'Strict', method: 'process' },
  { as: 'event', file, export: 'Runner', method: 'run' },
];
