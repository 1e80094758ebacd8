// What the application has registered before the preload, as it is found after it; one event; and then an SDK of its own.
const { context, diag, metrics, propagation, trace } = require(process.env.COPY);
const { active, heard, provider } = require('./before.cjs');

async function main() {
  const { traceEvent } = await import('grants-otel');
  await traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'Registered' }, async () => {});
  const carrier = {};
  propagation.inject(context.active(), carrier);
  diag.info('anything');
  const isRegistered = trace.setGlobalTracerProvider({ getTracer: () => ({}) });
  const isActive = context.active() === active;
  console.log(`SDK ${isRegistered}, contexts ${isActive}`);
  console.log(`meters ${metrics.getMeterProvider() === provider}, by ${carrier.by}, heard ${heard}`);
}

main();
