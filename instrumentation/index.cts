// For those who `require` the preload. Some versions of Node require it in their thread for hooks as well, where an ES module cannot be required.
import fs = require('node:fs');
import threads = require('node:worker_threads');

/** The host runs as it is where its Node cannot load us. */
function load(): unknown {
  try {
    return require('./index.js');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    const needed = 'expected Node 20.19+, 22.12+ or 24+, without --no-experimental-require-module';
    try {
      fs.writeSync(2, `grants-otel: ${needed}, found ${process.version}: nothing is traced\n`);
    } catch {
      // A closed stderr.
    }
    return {};
  }
}

if (threads.isMainThread) module.exports = load();
