const getters = require('./getters.cjs');

getters.open();
console.log(
  getters.plain(1),
  getters.opened,
  getters.pool,
  Object.keys(getters),
  getters === require('./getters.cjs'),
);
