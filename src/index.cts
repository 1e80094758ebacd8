// For those who `require` this package: TypeScript takes what it finds by `require` for CommonJS.

/** Another copy does where no ES module can be required: in the tests of Jest, say. */
function load(): unknown {
  try {
    return require('./index.js');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw error;
    return require('./index.bundled.cjs');
  }
}

module.exports = load();
