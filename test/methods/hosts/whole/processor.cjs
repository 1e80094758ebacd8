// All that it exports is a class.
module.exports = class Processor {
  async process({ amount }, handle) {
    return handle(amount);
  }
};
