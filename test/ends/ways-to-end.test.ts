import { describe, expect, test } from 'vitest';
import { expectSame, namesOf, runBoth } from './run-both.js';

/** What ways-to-end.cjs has been told to do, the signal that it is then sent, and the spans that it ends besides the ones it always has. */
interface Way {
  readonly signal?: NodeJS.Signals;
  readonly spans?: readonly string[];
  /** The host ends without a word after its listeners: what is in flight cannot be told of. */
  readonly losesInFlight?: true;
}

const WAYS: Readonly<Record<string, Way>> = {
  natural: {},
  'natural, with an exit code': {},
  'process.exit': {},
  'process.exit later': {},
  'process.exit in an exit listener': { spans: ['ended in the first listener'] },
  'process.exit in an exit listener of process.exit': { spans: ['ended in the listener'] },
  'an exit code set by an exit listener': {},
  'exit listeners that trace': {
    spans: [
      'ended in the listener before it',
      'ended in the first listener',
      'ended in the last listener',
      'opened in the first listener!',
    ],
  },
  'an error in an exit listener': { spans: ['ended in the listener'] },
  'a signal to itself in an exit listener': { spans: ['ended in the listener'] },
  'an error in the only exit listener': { spans: ['ended in the listener'] },
  'the only exit listener': { spans: ['ended in the listener', 'opened in the listener!'] },
  'an error in an exit listener of process.exit': { spans: ['ended in the listener'] },
  'an error in an exit listener that is caught': { spans: ['after it'] },
  'process.reallyExit': {},
  'an uncaught error': {},
  'an uncaught error later': {},
  'a thrown string': {},
  'an uncaught error, and then one in an exit listener': { losesInFlight: true },
  'an uncaughtException listener that ends it': { spans: ['ended in the listener'] },
  'an uncaughtException listener that goes on': { spans: ['ended after the error', 'ended later'] },
  'an uncaughtException listener that throws': { losesInFlight: true },
  'an error capture callback': { spans: ['ended after the error'] },
  'an unhandled rejection': {},
  'an error in a promise of the first turn': {},
  'an unhandledRejection listener': { spans: ['ended in the listener'] },
  'beforeExit listeners': {
    spans: ['ended in beforeExit 1', 'ended in beforeExit 2', 'ended in beforeExit 3'],
  },
  'a signal': { signal: 'SIGTERM' },
  'a signal to itself': {},
  'a signal to itself later': {},
  'a signal listener that takes 300 ms': { signal: 'SIGTERM', spans: ['ended while shutting down'] },
  'a signal listener that ends it': { signal: 'SIGTERM' },
  'a signal listener, once, that kills again': { signal: 'SIGTERM' },
  'a signal listener that throws': { signal: 'SIGTERM' },
  'a signal listener in an async context of its own': { signal: 'SIGTERM', spans: ['ended in the listener'] },
  'signal listeners in their order': { signal: 'SIGTERM' },
  'a signal listener that was taken away': { signal: 'SIGTERM' },
  'a signal listener that was taken away and came back': { signal: 'SIGTERM' },
  'a library that counts listeners': { signal: 'SIGTERM', spans: ['ended by the hook'] },
  'an emit of its own': { spans: ['ended before exit was emitted'] },
  'an emit of its own that goes on after exit': { spans: ['ended after exit was emitted'] },
  'an emit of its own that goes on after the exit of an uncaught error': {
    spans: ['ended after exit was emitted'],
  },
  'an emit of its own that leaves ours out': { spans: ['ended in exit'] },
  'a signal that is emitted by hand': {},
  'exit that is emitted by hand': { spans: ['after it'] },
  'many listeners': {},
  'a replaced stdout.write': { spans: ['after it'] },
  'a replaced process.exit and process.on': { spans: ['ended in exit'] },
  'a clock that stands still': { spans: ['ended in exit'] },
  'globals that are taken away': { spans: ['after it'] },
  'an environment that is taken away': { spans: ['after it'] },
  'a look at what is open': {},
  'a listener for new threads': {},
  'a domain': { spans: ['ended in the domain'] },
};

const IN_ESM = [
  'natural',
  'process.exit',
  'process.exit in an exit listener',
  'exit listeners that trace',
  'an error in an exit listener',
  'an uncaught error',
  'an uncaughtException listener that goes on',
  'an unhandled rejection',
  'beforeExit listeners',
  'a signal',
  'a signal listener that takes 300 ms',
  'a library that counts listeners',
];

async function expectNothingLost(host: string, way: string, signal = WAYS[way]?.signal): Promise<void> {
  const both = await runBoth([`test/ends/hosts/${host}`, way], { signal });
  expectSame(both);
  const { spans = [], losesInFlight } = WAYS[way] ?? {};
  const always = ['just ended', 'just ended', 'just ended', ...(losesInFlight ? [] : ['in flight!'])];
  expect(namesOf(both.spans)).toEqual([...always, ...spans].sort());
}

describe.concurrent('every span arrives once, and the host ends as without us', () => {
  test.each(Object.keys(WAYS))('%s', (way) => expectNothingLost('ways-to-end.cjs', way));

  test.each(IN_ESM)('%s, in an ES module', (way) => expectNothingLost('ways-to-end.mjs', way));

  test('with DEBUG=*, which is for others', async () => {
    const both = await runBoth(['test/ends/hosts/ways-to-end.cjs', 'natural'], { env: { DEBUG: '*' } });
    expectSame(both);
    expect(namesOf(both.spans)).toContain('in flight!');
  });

  test.each(['SIGINT', 'SIGHUP'] as const)('%s', (signal) =>
    expectNothingLost('ways-to-end.cjs', 'a signal', signal),
  );
});
