const notes = new WeakMap();

class Prices {
  constructor() {
    if (new.target === Prices && this.constructor !== Prices) throw new Error('it is of its class');
  }
  lookup = async () => 3;
}
notes.set(Prices, 'noted');

class Abstract {
  constructor() {
    if (new.target === Abstract) throw new Error('abstract');
  }
  lookup = async () => 4;
}

class Query {
  run() {
    return 'run';
  }
}

exports.Prices = Prices;
exports.Abstract = Object.freeze(Abstract);
exports.makeQuery = Query.bind(null);
exports.makeOld = function Old() {
  if (new.target === Old) throw new Error('too old');
};
exports.go = Object.freeze(function go() {
  return 'gone';
});
/** As decorators look for what they have noted of a class, or a method. */
exports.noteOf = (found) => {
  for (let at = found; at; at = Object.getPrototypeOf(at)) if (notes.has(at)) return notes.get(at);
};
exports.note = (of, text) => notes.set(of, text);
