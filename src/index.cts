// For those who `require` this package: TypeScript takes what it finds by `require` for CommonJS.

/** Another copy does where no ES module can be required, in the tests of Jest, say, which takes it for CommonJS. */
function load(): unknown {
  try {
    return require('./index.js');
  } catch {
    return require('./index.bundled.cjs');
  }
}

module.exports = load();
