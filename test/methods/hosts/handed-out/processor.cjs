class Queue {
  items = [];
  pop() {
    return this.items.shift();
  }
}

class Processor {
  refusals = 0;

  async process(event) {
    await null;
    if (this.refusals-- > 0) throw new Error(`block ${event.block} is refused`);
    return event.block;
  }
}

/** Handles an event by the method that it overrides. */
class Strict extends Processor {
  async process(event) {
    return super.process(event);
  }
}

class Runner {
  async run(handle) {
    await null;
    return handle();
  }
}

module.exports = { Queue, Processor, Strict, Runner };
