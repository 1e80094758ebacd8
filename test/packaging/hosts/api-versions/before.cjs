// Before the preload: a meter provider, a propagator and a logger, by the copy of @opentelemetry/api that is named.
const { diag, metrics, propagation } = require(process.env.COPY);

exports.provider = { getMeter: () => ({}) };
exports.heard = [];
metrics.setGlobalMeterProvider(exports.provider);
propagation.setGlobalPropagator({
  inject: (_context, carrier) => {
    carrier.by = 'the application';
  },
  extract: (context) => context,
  fields: () => ['by'],
});
const hear = (message) => void exports.heard.push(message);
diag.setLogger({ error: hear, warn: hear, info: hear, debug: () => {}, verbose: () => {} });
