const { traceEvent, traceStep } = require('grants-otel');

traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'AllocatedWithOrigin' }, () =>
  traceStep('InsertDonation', async () => 'result'),
).then((result) => console.log(result));
