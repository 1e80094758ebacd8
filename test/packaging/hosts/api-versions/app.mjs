// One event; a span, a meter provider and a logger by each copy of @opentelemetry/api that is named.
import { traceEvent } from 'grants-otel';

async function use(name) {
  const { context, createContextKey, diag, DiagLogLevel, metrics, trace } = await import(name);
  await trace.getTracer('app').startActiveSpan(`by ${name}`, async (span) => {
    await undefined;
    if (trace.getActiveSpan() !== span) throw new Error(`${name} does not keep its span`);
    span.end();
  });
  const provider = { getMeter: () => ({}) };
  const isRegistered = metrics.setGlobalMeterProvider(provider);
  const isFound = metrics.getMeterProvider() === provider;
  metrics.disable();
  let heard = 0;
  const hear = () => heard++;
  const logger = { error: hear, warn: hear, info: hear, debug: hear, verbose: hear };
  const isLogger = diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
  diag.info('anything');
  diag.disable();
  const key = createContextKey('key');
  const value = await context.with(context.active().setValue(key, name), async () => {
    await undefined;
    return context.active().getValue(key);
  });
  console.log(
    `${name}: metrics ${isRegistered}, found ${isFound}, logger ${isLogger}, heard ${heard === 1}, context ${value === name}`,
  );
}

await traceEvent({ chainId: 10, contractName: 'Strategy', eventName: 'Registered' }, async () => {
  for (const name of process.argv.slice(2)) await use(name);
});
