// Requires what CommonJS exports as a whole. Usage: requires.cjs
require('./run.cjs')({
  Processor: require('./processor.cjs'),
  handle: require('./handle.cjs'),
  plugin: require('./plugin.cjs'),
  unreadable: require('./unreadable.cjs'),
  ...require('./prices.cjs'),
});
