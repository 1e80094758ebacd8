// As some compilers write what an ES module exports.
let opened = 0;
const exported = { __proto__: null, plain: () => plain, opened: () => opened, open: () => open };
for (const [name, get] of Object.entries(exported))
  Object.defineProperty(module.exports, name, { get, enumerable: true });

// What is set later, beside them.
module.exports.pool = undefined;
function plain(number) {
  return number + opened;
}
function open() {
  opened++;
  module.exports.pool = 'open';
}
