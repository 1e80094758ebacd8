import { expect, test } from 'vitest';
import { traceEvent, traceStep } from '../../src/index.js';

const event = { chainId: 10, contractName: 'S', eventName: 'E' };
const asIf = (run: unknown) => run as () => unknown;

test.each([
  ['traceStep', () => traceStep('InsertDonation', asIf(undefined)), 'undefined'],
  ['traceStep', () => traceStep('InsertDonation', asIf(Promise.resolve(1))), 'a promise'],
  ['traceStep', () => traceStep({ name: 'InsertDonation' }, asIf(null)), 'null'],
  ['traceEvent', () => traceEvent(event, asIf({ handle: 1 })), 'object'],
])('%s refuses what is no function, where it was called', (name, call, found) => {
  const message = `${name}: expected what it runs to be a function, as in ${name}(…, () => …), found ${found}`;
  const error = (() => {
    try {
      return call();
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(TypeError);
  expect((error as TypeError).message).toBe(message);
  expect((error as TypeError).stack?.split('\n')[1]).toContain('expect-function.test.ts');
});
