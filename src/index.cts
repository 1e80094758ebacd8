// For those who `require` this package: TypeScript takes what it finds by `require` for CommonJS.

/** Where no ES module can be required, or one is taken for CommonJS, as in the tests of Jest. */
function isOfLoader({ code, name }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_REQUIRE_ESM' || name === 'SyntaxError';
}

function load(): unknown {
  try {
    return require('./index.js');
  } catch (error) {
    if (!isOfLoader(error as Error)) throw error;
    return require('./index.bundled.cjs');
  }
}

module.exports = load();
