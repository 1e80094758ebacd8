const { Processor, Queue, Runner, Strict } = require('./processor.cjs');

const queue = new Queue();
const handing = (...blocks) => {
  queue.items.push(...blocks.map((block) => ({ chain: block * 10, block })));
  return blocks.map(() => queue.pop());
};

(async () => {
  const processor = new Processor();
  // Several at once.
  console.log(await Promise.all(handing(1, 2).map((event) => processor.process(event))));
  // Once more, after a failure.
  const [again] = handing(3);
  processor.refusals = 1;
  console.log(await processor.process(again).catch(() => processor.process(again)));
  // By the method that another one overrides.
  console.log(await new Strict().process(handing(4)[0]));
  // Without the event: one alone, and several of which it may be any.
  const runner = new Runner();
  const [alone] = handing(5);
  console.log(await runner.run(() => alone.block));
  console.log(await Promise.all(handing(6, 7).map(({ block }) => runner.run(() => block))));
})();
