// All that it exports is a function whose `default` cannot be read.
module.exports = () => 'readable';
Object.defineProperty(module.exports, 'default', {
  get() {
    throw new Error('unreadable');
  },
});
