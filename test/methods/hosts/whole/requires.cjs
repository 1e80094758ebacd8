// Requires what CommonJS exports as a whole. Usage: requires.cjs
require('./run.cjs')({
  Processor: require('./processor.cjs'),
  handle: require('./handle.cjs'),
  plugin: require('./plugin.cjs'),
  unreadable: require('./unreadable.cjs'),
  compiled: require('./compiled.cjs'),
  prices: require('./prices.cjs'),
  ...require('./prices.cjs'),
});
