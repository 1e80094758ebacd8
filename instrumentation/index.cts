// For those who `require` the preload. Some versions of Node require it in their thread for hooks as well, where an ES module cannot be required.
import fs = require('node:fs');
import threads = require('node:worker_threads');

/** Whether this Node can require ES modules, should somebody's loader not be in the way. */
function canRequire(): boolean {
  return (process.features as { require_module?: boolean }).require_module === true;
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0] ?? '';
}

/** Where the preload cannot be loaded, it does nothing. */
function load(): unknown {
  try {
    return require('./index.js');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    const expected = 'expected Node 20.19+, 22.12+ or 24+, without --no-experimental-require-module';
    const reason = canRequire() ? firstLine(error) : `${expected}, found ${process.version}`;
    try {
      fs.writeSync(2, `grants-otel: ${reason}: nothing is traced\n`);
    } catch {
      // A closed stderr.
    }
    return {};
  }
}

if (threads.isMainThread) module.exports = load();
