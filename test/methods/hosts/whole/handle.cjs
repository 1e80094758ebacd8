// All that it exports is a function, which has something of its own.
module.exports = async function handle(amount) {
  return `handled ${amount}, ${new.target}`;
};
module.exports.version = 2;
