// A program that hands spans to an outlet, as the preload would, and then ends in the way that it is told.
// Its argument is JSON: { spans, spansPerTrace, end, outlet }. It prints `hello` to show that stdout is its own.
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { installEnds } from '../../../dist/instrumentation/ends/install-ends.js';
import { createOutlet } from '../../../dist/instrumentation/export/batching-outlet.js';
import { fakeTrace } from './fake-trace.mjs';

const {
  spans = 1,
  spansPerTrace = 1,
  end = 'natural',
  exitTimeoutMs = 5000,
  otlp = 'http/json',
  settings = {},
  debug = false,
} = JSON.parse(process.argv[2] ?? '{}');

const say = (line) => writeSync(2, `grants-otel: ${line}\n`);
const workers = [];
subscribe('worker_threads', ({ worker }) => {
  workers.push(worker);
  if (end !== 'terminate every worker') return;
  // It is told of before its maker has it.
  queueMicrotask(() => {
    worker.ref();
    void worker.terminate();
  });
});

const outlet = createOutlet({
  resourceAttributes: { 'service.name': 'host' },
  settings: { maxHeldSpans: 65_536, traceFile: undefined, ...settings },
  otlp,
  env: process.env,
  report: say,
  debug: (line) => debug && say(line),
});
installEnds({ outlet, exitTimeoutMs });

function send(count) {
  for (let left = count; left > 0; left -= spansPerTrace) {
    outlet.send(fakeTrace(Math.min(left, spansPerTrace)));
  }
}

/** Resolves with the next command: the parent writes one a line. */
async function* commands() {
  let text = '';
  for await (const chunk of process.stdin) {
    text += chunk;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      yield text.slice(0, at);
      text = text.slice(at + 1);
    }
  }
}

const ends = {
  natural: () => undefined,
  'process.exit': () => process.exit(7),
  throw: () => {
    throw new Error('the host failed');
  },
  reject: () => {
    void Promise.reject(new Error('the host failed'));
  },
  'exit in exit': () => {
    process.on('exit', () => process.exit(9));
  },
  'spans in exit': () => {
    process.prependListener('exit', () => send(10));
  },
  shutdown: () => outlet.shutdown(exitTimeoutMs),
  flush: async () => {
    await outlet.flush(exitTimeoutMs);
    console.log(`held ${outlet.heldSpans}`);
  },
  'terminate the worker': async () => {
    // The event that tells of a new worker comes a tick later.
    await new Promise((resolve) => setImmediate(resolve));
    await workers[0].terminate();
  },
  'terminate the worker, then exit': async () => {
    await new Promise((resolve) => setImmediate(resolve));
    void workers[0].terminate();
    process.exit(7);
  },
  'terminate every worker': () => undefined,
  'one more span of a lost trace': () => {
    const trace = fakeTrace(20);
    outlet.send(trace);
    outlet.send(trace.slice(0, 1));
  },
  'huge attributes': () => {
    for (let sent = 0; sent < 200; sent++) {
      const [span] = fakeTrace(1);
      span.attributes = { huge: String(sent).padEnd(1_000_000) };
      outlet.send([span]);
    }
    process.exit();
  },
  'odd attributes': () => {
    const [span] = fakeTrace(1);
    span.name = undefined;
    span.attributes = {
      bigint: 10n,
      date: new Date(0),
      nan: Number.NaN,
      large: 1e21,
      surrogate: 'a\ud800b',
      huge: 'x'.repeat(1_000_000),
      list: ['a', null, 10n],
      none: undefined,
      null: null,
      map: { a: 1 },
    };
    outlet.send([span]);
  },
  // Reads commands: `send N` hands over spans, `flush`, `leave` (as at the end), `held`; ends with its input.
  commands: async () => {
    for await (const command of commands()) {
      const [verb, count] = command.split(' ');
      if (verb === 'send') send(Number(count));
      if (verb === 'flush') await outlet.flush(exitTimeoutMs);
      if (verb === 'leave') outlet.flushSync(exitTimeoutMs, 'too late');
      console.log(`${verb} ${outlet.heldSpans}`);
    }
  },
};

console.log('hello');
send(spans);
await ends[end]();
