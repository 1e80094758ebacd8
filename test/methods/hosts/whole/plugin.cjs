// All that it exports is a function, which is its own default, and has an `apply` and properties that cannot be read.
async function plugin(amount) {
  return `plugged ${amount}`;
}
plugin.apply = () => 'applied';
Object.defineProperty(plugin, 'secret', {
  get() {
    throw new Error('secret');
  },
});
module.exports = plugin;
module.exports.default = plugin;
