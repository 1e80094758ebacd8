class Queue {
  items = [];

  pop() {
    return this.items.shift();
  }
}

/** Hands out by the method that it overrides. */
class Counted extends Queue {
  count = 0;

  pop() {
    this.count += 1;
    return super.pop();
  }
}

class Processor {
  refusals = 0;

  async process(event) {
    await null;
    if (this.refusals-- > 0) throw new Error(`block ${event.block} is refused`);
    return event.block ?? event;
  }

  async compare(before, event) {
    return before.block - event.block;
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

module.exports = { Queue, Counted, Processor, Strict, Runner };
