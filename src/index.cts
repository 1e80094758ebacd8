// For those who `require` this package: TypeScript takes what it finds by `require` for CommonJS.
module.exports = require('./index.js');
