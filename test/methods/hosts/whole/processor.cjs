const { note } = require('./prices.cjs');

// All that it exports is a class.
module.exports = class Processor {
  async process({ amount }, handle) {
    return handle(amount);
  }
  async class() {
    return 'first';
  }
};
note(module.exports.prototype.process, 'noted of the method');
