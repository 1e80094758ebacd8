// For those who `require` the processors, see src/index.cts.
module.exports = require('./index.js');
