// Events before and after the application registers a tracer provider, by a copy of @opentelemetry/api that is not ours.
import { context, INVALID_SPAN_CONTEXT, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { traceEvent } from 'grants-otel';

const event = (eventName) => traceEvent({ chainId: 10, contractName: 'S', eventName }, async () => {});
const names = [];
const startSpan = (name) => {
  names.push(name);
  return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
};
const propagator = { inject: () => {}, extract: (context) => context, fields: () => ['of mine'] };

await event('Before');
const isPropagator = propagation.setGlobalPropagator(propagator);
trace.disable();
context.disable();
context.setGlobalContextManager({
  active: () => ROOT_CONTEXT,
  with: (_context, run, self, ...args) => run.apply(self, args),
  bind: (_context, target) => target,
  enable: () => {},
  disable: () => {},
});
await event('Between');
const isRegistered = trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) });
await event('After');
console.log(`${isPropagator} ${propagation.fields()}, ${isRegistered} ${names}`);
