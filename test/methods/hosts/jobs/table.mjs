const jobs = { file: '/hosts/jobs/jobs.mjs', export: 'Jobs' };

export default [
  {
    as: 'event',
    file: '/hosts/jobs/jobs.mjs',
    export: 'Handler',
    method: 'handle',
    event: () => ({ chainId: 10, contractName: 'Own', eventName: 'Donated' }),
  },
  { ...jobs, method: 'findRound', name: 'roundLookup' },
  { ...jobs, method: 'put', name: 'enqueue' },
  { ...jobs, method: 'check', name: 'check', once: true },
  {
    ...jobs,
    method: 'store',
    name: 'storeDonation',
    before: ({ args: [donation] }) => ({ event: { roundId: donation.round } }),
  },
];
