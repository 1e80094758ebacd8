// Before the preload: a meter provider, what keeps contexts, a propagator and a logger, by the copy of @opentelemetry/api that is named.
const { context, diag, metrics, propagation, ROOT_CONTEXT } = require(process.env.COPY);

exports.provider = { getMeter: () => ({}) };
exports.heard = [];
exports.active = ROOT_CONTEXT.setValue(Symbol('mine'), 1);
metrics.setGlobalMeterProvider(exports.provider);
context.setGlobalContextManager({
  active: () => exports.active,
  with: (_context, run, self, ...args) => run.apply(self, args),
  bind: (_context, target) => target,
  enable() {
    return this;
  },
  disable() {
    return this;
  },
});
propagation.setGlobalPropagator({
  inject: (_context, carrier) => {
    carrier.by = 'the application';
  },
  extract: (context) => context,
  fields: () => ['by'],
});
const hear = (message) => void exports.heard.push(message);
diag.setLogger({ error: hear, warn: hear, info: hear, debug: () => {}, verbose: () => {} });
