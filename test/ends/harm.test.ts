import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';

const HOST = 'test/instrumentation/hosts/one-event.mjs';
const PRELOAD = ['--require', './instrumentation'];
const WITH_FAULT = [...PRELOAD, '--import', './test/ends/hosts/faults.mjs'];

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function runHost(args: readonly string[], env: Record<string, string> = {}) {
  const ended = await runNode(args, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env } });
  return { ...ended, lines: ended.stderr.split('\n').slice(0, -1) };
}

const unharmed = { code: 0, signal: null, stdout: 'result\n' };

describe('a fault of ours leaves the application as it is, but for one line', () => {
  test.each([
    ['event attributes', 5],
    ['SQL spans', 5],
    ['slow spans', 5],
    ['trace buffer', 0],
  ])('in the processor of %s', async (fault, arrived) => {
    // With so little room no trace waits to be taken as a whole, past the processors.
    const ended = await runHost([...WITH_FAULT, HOST], { FAULT: fault, GRANTS_OTEL_MAX_HELD_SPANS: '1000' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      `grants-otel: the ${fault} processor failed, and spans go on without it: TypeError: injected`,
    ]);
    expect(receiver.spans()).toHaveLength(arrived);
  });

  test('in what takes traces as a whole', async () => {
    const ended = await runHost([...WITH_FAULT, HOST], { FAULT: 'whole traces' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      'grants-otel: the trace buffer processor failed, and spans go on without it: TypeError: injected',
    ]);
    expect(receiver.spans()).toEqual([]);
  });

  test('in what ends the spans that are open', async () => {
    const ended = await runHost([...WITH_FAULT, HOST], { FAULT: 'the end of open spans' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      'grants-otel: the end of the process is not flushed as it should be: injected',
    ]);
    expect(receiver.spans()).toHaveLength(5);
  });

  test('in the way to the thread that exports', async () => {
    const ended = await runHost([...WITH_FAULT, HOST], { FAULT: 'packing batches' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual(['grants-otel: traces are not exported as they should be: injected']);
  });

  test.each([['killed worker'], ['worker that throws']])('in the thread that exports: %s', async (fault) => {
    const ended = await runHost([...WITH_FAULT, HOST], { FAULT: fault });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toHaveLength(1);
    expect(ended.lines[0]).toMatch(/^grants-otel: .*(thread ended|spans lost)/);
  });

  test('in an environment that cannot be read', async () => {
    const ended = await runHost(['--require', './test/ends/hosts/broken-environment.cjs', ...PRELOAD, HOST]);
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      expect.stringMatching(
        /^grants-otel: tracing could not be started, the application runs without it: .*/,
      ),
    ]);
  });

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1'],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/not/there.pem'],
    ['OTEL_EXPORTER_OTLP_HEADERS', '=,;\u0001'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'brotli'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '-1'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz,=,b'],
    ['OTEL_TRACES_SAMPLER', 'nonsense'],
    ['OTEL_TRACES_SAMPLER_ARG', 'nonsense'],
    ['OTEL_PROPAGATORS', 'nonsense'],
    ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
    ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'many'],
    ['OTEL_NODE_RESOURCE_DETECTORS', 'nonsense'],
    ['GRANTS_OTEL_TRACE_FILE', '/dev/null/not-there'],
  ])('%s=%s', async (name, value) => {
    const ended = await runHost([...PRELOAD, HOST], { [name]: value });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines.filter((line) => !line.startsWith('grants-otel: '))).toEqual([]);
    expect(ended.lines.length).toBeLessThanOrEqual(1);
  });

  test.each(['not a URL', 'ftp://127.0.0.1:1'])('OTEL_EXPORTER_OTLP_ENDPOINT=%s', async (value) => {
    const ended = await runHost([...PRELOAD, HOST], { OTEL_EXPORTER_OTLP_ENDPOINT: value });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines[0]).toBe(
      `grants-otel: OTEL_EXPORTER_OTLP_ENDPOINT="${value}" is not an http or https URL; taking the default, http://localhost:4318`,
    );
    // What is lost is told all the same, where nothing is there by default.
    expect(ended.lines[1] ?? 'grants-otel: 0 spans lost').toMatch(/^grants-otel: \d+ spans lost/);
    expect(ended.lines.length).toBeLessThanOrEqual(2);
  });
});

describe('a Node that does not let its signals be watched', () => {
  test('is told of in one line, and a signal ends it as ever', async () => {
    const host = ['test/ends/hosts/ways-to-end.cjs', 'a signal'];
    const preloads = ['--require', './test/ends/hosts/no-signal-listeners.cjs', ...PRELOAD];
    const { stderr, ...ended } = await runNode([...preloads, ...host], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
      onStdout: (text, child) => text.includes('up') && child.kill('SIGTERM'),
    });
    expect(ended).toEqual({ code: null, signal: 'SIGTERM', stdout: 'hello\nup\n' });
    expect(stderr).toMatch(/^grants-otel: Node v\S+ does not let SIGTERM, SIGINT, SIGHUP be watched: .*\n$/);
  });
});

describe('an application that registers an SDK of its own after us', () => {
  test('has that one work as without us, and is told in one line what to set', async () => {
    const ended = await runHost([...PRELOAD, 'test/ends/hosts/own-sdk-later.mjs']);
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      expect.stringMatching(
        /^grants-otel: the application registers an OpenTelemetry SDK of its own \(a tracer provider, or what keeps contexts\), so this preload steps back: .*grants-otel\/processors/,
      ),
    ]);
    const spans = receiver.spans();
    expect(drawTree(spans)).toBe('outer\n└─ inner');
    expect(new Set(spans.map((span) => span.resource['service.name']))).toEqual(new Set(['own-sdk']));
  });
});

describe('an application that registers an SDK of its own while events are under way', () => {
  test('is told what that costs', async () => {
    const ended = await runHost([...PRELOAD, 'test/ends/hosts/own-sdk-under-way.mjs']);
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      expect.stringMatching(/so this preload steps back/),
      'grants-otel: 3 spans lost: 3 under way when the application registered its own SDK',
    ]);
    expect(receiver.spans()).toEqual([]);
  });
});

describe('a collector that is slow, or away, at the end', () => {
  test('is waited for as long as it may take, and no longer', async () => {
    receiver.behave({ mode: 'never answers' });
    const ended = await runHost([...PRELOAD, HOST], { GRANTS_OTEL_EXIT_TIMEOUT_MS: '300' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual(['grants-otel: 5 spans lost: 5 no answer within 300 ms']);
  });

  test('is not waited for when it refuses connections', async () => {
    await receiver.close();
    const ended = await runHost([...PRELOAD, HOST], { GRANTS_OTEL_EXIT_TIMEOUT_MS: '600000' });
    expect(ended).toMatchObject(unharmed);
    expect(ended.lines).toEqual([
      expect.stringMatching(/^grants-otel: 5 spans lost: 5 connect ECONNREFUSED/),
    ]);
  });

  /** Sends SIGTERM, and calls `second` when the last flush has come to the collector. */
  const runSignalled = (second: (child: { kill(signal: NodeJS.Signals): void }) => void) => {
    let asked = false;
    return runNode([...PRELOAD, 'test/ends/hosts/ways-to-end.cjs', 'a signal'], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_EXIT_TIMEOUT_MS: '600000' },
      onStdout: (text, child) => {
        if (asked || !text.includes('up')) return;
        asked = true;
        child.kill('SIGTERM');
        void receiver.waitForRequests(1).then(() => second(child));
      },
    });
  };

  test('is left at once by a signal that comes a second later', async () => {
    receiver.behave({ mode: 'never answers' });
    let again: NodeJS.Timeout | undefined;
    const ended = await runSignalled((child) => {
      again = setInterval(() => child.kill('SIGINT'), 100);
    });
    clearInterval(again);
    expect(ended).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  test('is waited for when a signal comes twice', async () => {
    let again: (() => void) | undefined;
    receiver.behave((index) => {
      if (index !== 1) return { mode: 'ok' };
      again?.();
      return { mode: 'status', status: 503 };
    });
    const ended = await runNode([...PRELOAD, 'test/ends/hosts/ways-to-end.cjs', 'a signal'], {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_EXIT_TIMEOUT_MS: '600000' },
      onStart: (child) => {
        again = () => ['SIGTERM', 'SIGINT'].map((signal) => child.kill(signal as NodeJS.Signals));
        void receiver.waitForRequests(1).then(() => child.kill('SIGTERM'));
      },
    });
    expect(ended).toEqual({ code: null, signal: 'SIGTERM', stdout: 'hello\nup\n', stderr: '' });
    expect(receiver.spans()).toHaveLength(4);
  });
});

describe('attribute values that are none', () => {
  test.each(['http/json', 'http/protobuf'])(
    'arrive over %s in a defined form, or not at all',
    async (protocol) => {
      const ended = await runNode([...PRELOAD, 'test/ends/hosts/odd-values.mjs'], {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol },
      });
      expect(ended).toEqual({ code: 0, signal: null, stdout: 'done\n', stderr: '' });
      const spans = receiver.spans();
      const attributesOf = (name: string) => {
        const { huge, ...others } = spans.find((span) => span.name === name)?.attributes ?? {};
        return { ...others, hugeLength: String(huge).length };
      };
      expect(attributesOf('ours')).toEqual({
        chainId: 10,
        bigint: '12345678901234567890',
        hugeLength: 1_000_000,
        surrogate: 'a\ufffdb',
        large: '1e+21',
        'key \ufffd': 'k',
      });
      expect(attributesOf('theirs')).toEqual({
        chainId: 10,
        hugeLength: 1_000_000,
        surrogate: 'a\ufffdb',
        nan: 'NaN',
        infinite: 'Infinity',
        large: '1e+21',
        list: ['a', undefined, 'b\ufffd'],
        'key \ufffd': 'k',
      });
      expect(spans.find((span) => span.name === 'S.E\ufffd')?.attributes).toMatchObject({
        eventName: 'E\ufffd',
        amount: '5',
      });
    },
  );

  test('are told of in a debug line each, without the value', async () => {
    const ended = await runHost([...PRELOAD, 'test/ends/hosts/odd-values.mjs'], { OTEL_LOG_LEVEL: 'debug' });
    for (const name of ['date', 'nothing', 'nan', 'infinite', 'map', 'list', 'symbol', 'fn']) {
      expect(ended.lines).toContainEqual(
        expect.stringMatching(
          new RegExp(`^grants-otel: attribute ${name} is left out: expected [\\w ,]+, found [\\w ,]+$`),
        ),
      );
    }
  });
});
