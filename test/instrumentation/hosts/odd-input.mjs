// What no type allows, and JavaScript hands over all the same. Prints what becomes of the application.
import { setEventAttributes, traceEvent, traceStep } from 'grants-otel';

const throwing = {
  roundId: '7',
  get amount() {
    throw new Error('a getter');
  },
};
const event = (eventName, more) => ({ chainId: 10, contractName: 'S', eventName, ...more });

const handled = [
  traceEvent(event('Attributes', { blockNumber: Symbol('n'), logIndex: '', blockTimestampMs: 5n }), () => {
    for (const odd of [throwing, null, undefined, 'text', 5]) setEventAttributes(odd);
    setEventAttributes({ amountInUsd: 1e21, tokenAddress: {}, transactionHash: [], note: new Date() });
    return traceStep({ name: 'step', attributes: null }, (step) => {
      step.setAttributes(throwing);
      return 1;
    });
  }),
  traceEvent({ chainId: 10, contractName: Symbol('s'), eventName: 'NoText' }, () => 2),
  traceEvent({}, () => traceStep('of no name', () => 6)),
  traceEvent(undefined, () => 3),
  traceEvent(event('Steps'), () => [undefined, {}, ''].map((name) => traceStep(name, () => 7)).length),
  traceEvent(event('Link', { fetchedBy: {} }), () => 4),
  traceEvent(event('Names\n\u001b[31mred'), () => traceStep(`long ${'x'.repeat(1000)}`, () => 5)),
];
console.log(handled.join());
