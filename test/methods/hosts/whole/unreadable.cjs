// All that it exports is a function, of which what a compiler or a loader looks for cannot be read.
module.exports = () => 'readable';
for (const name of ['default', '__esModule']) {
  Object.defineProperty(module.exports, name, {
    get() {
      throw new Error('unreadable');
    },
  });
}
