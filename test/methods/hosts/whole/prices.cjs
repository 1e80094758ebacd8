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
/** As decorators look for what they have noted of a class, or a method. */
exports.noteOf = (found) => {
  for (let at = found; at; at = Object.getPrototypeOf(at)) if (notes.has(at)) return notes.get(at);
};
exports.note = (of, text) => notes.set(of, text);
