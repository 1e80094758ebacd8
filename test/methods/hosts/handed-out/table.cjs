const file = '/handed-out/processor.cjs';

const event = (event) => ({
  chainId: event.chain ?? 1,
  contractName: 'Own',
  eventName: 'Donated',
  blockNumber: event.block ?? Number(event),
});

module.exports = [
  { as: 'next', file, export: 'Queue', method: 'pop', event },
  { as: 'next', file, export: 'Counted', method: 'pop', event },
  { as: 'event', file, export: 'Processor', method: 'process' },
  { as: 'event', file, export: 'Processor', method: 'compare' },
  { as: 'event', file, export: 'Strict', method: 'process' },
  { as: 'event', file, export: 'Runner', method: 'run' },
];
