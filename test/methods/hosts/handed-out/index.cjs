const { Counted, Processor, Runner, Strict } = require('./processor.cjs');

const queue = new Counted();
const handing = (...blocks) => {
  queue.items.push(...blocks.map((block) => ({ chain: block * 10, block })));
  return blocks.map(() => queue.pop());
};

(async () => {
  const processor = new Processor();
  const runner = new Runner();
  // Several at once.
  console.log(await Promise.all(handing(1, 2).map((event) => processor.process(event))));
  // Once more, after a failure.
  const [again] = handing(3);
  processor.refusals = 1;
  console.log(await processor.process(again).catch(() => processor.process(again)));
  // By the method that another one overrides.
  console.log(await new Strict().process(handing(4)[0]));
  // Without the event: one alone, and several of which it may be any.
  const [alone] = handing(5);
  console.log(await runner.run(() => alone.block));
  console.log(await Promise.all(handing(6, 7).map(({ block }) => runner.run(() => block))));
  // Beside one that was handled before.
  console.log(await processor.compare(again, handing(8)[0]));
  // Nothing, after one that is skipped.
  handing(9);
  queue.pop();
  console.log(await runner.run(() => 'no event'));
  // By what is no object.
  queue.items.push('10', '11');
  console.log(await Promise.all([queue.pop(), queue.pop()].map((id) => processor.process(id))));
})();
