// What the application has registered before the preload, as it is found after it; and one event.
const { context, diag, metrics, propagation } = require(process.env.COPY);
const { heard, provider } = require('./before.cjs');

async function main() {
  const { traceEvent } = await import('grants-otel');
  await traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'Registered' }, async () => {});
  const carrier = {};
  propagation.inject(context.active(), carrier);
  diag.info('anything');
  console.log(`meters ${metrics.getMeterProvider() === provider}, by ${carrier.by}, heard ${heard}`);
}

main();
