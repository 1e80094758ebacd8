class Store {
  async save(amount) {
    return `saved ${amount}`;
  }
}

class Processor {
  store = new Store();

  processEvent({ amount }) {
    return new Promise((resolve) => {
      setTimeout(() => resolve(this.store.save(amount)), 1);
    });
  }
}

exports.Processor = Processor;
exports.Store = Store;
