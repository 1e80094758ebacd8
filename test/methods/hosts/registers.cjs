// Hooks for how modules are loaded, registered by the application, which change nothing.
const { register } = require('node:module');
register(
  'data:text/javascript,export const resolve = (specifier, context, next) => next(specifier, context);',
);
