// For those who `require` the preload, see src/index.cts.
module.exports = require('./index.js');
