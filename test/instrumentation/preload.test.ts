import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';
import { drawTree } from '../support/trace-tree.js';

const HOSTS = 'test/instrumentation/hosts';

let receiver: Receiver;
let env: Record<string, string>;

beforeEach(async () => {
  receiver = await startReceiver();
  env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
});

afterEach(() => receiver.close());

const quiet = { code: 0, signal: null, stdout: 'result\n', stderr: '' };

describe('the preload', () => {
  test.each([
    ['--require ./instrumentation', ['--require', './instrumentation']],
    ['--require grants-otel/instrumentation', ['--require', 'grants-otel/instrumentation']],
    ['--import grants-otel/instrumentation', ['--import', 'grants-otel/instrumentation']],
    ['it twice', ['--require', './instrumentation', '--import', 'grants-otel/instrumentation']],
  ])('traces an ESM and a CommonJS application with %s, and prints nothing', async (_name, args) => {
    expect(await runNode([...args, `${HOSTS}/one-event.mjs`], { env })).toEqual(quiet);
    expect(await runNode([...args, `${HOSTS}/one-event.cjs`], { env })).toEqual(quiet);
    const names = receiver.spans().map((span) => span.name);
    expect(names.filter((name) => name === 'Strategy.AllocatedWithOrigin')).toHaveLength(2);
    expect(names.filter((name) => name === 'InsertDonation')).toHaveLength(2);
  });

  test('traces an application by NODE_OPTIONS', async () => {
    const ended = await runNode([`${HOSTS}/one-event.mjs`], {
      env: { ...env, NODE_OPTIONS: '--require ./instrumentation' },
    });
    expect(ended).toEqual(quiet);
    expect(receiver.spans().map((span) => span.name)).toContain('Strategy.AllocatedWithOrigin');
  });

  test('leaves an application without it as it is', async () => {
    expect(await runNode([`${HOSTS}/one-event.mjs`], { env })).toEqual(quiet);
    expect(receiver.requests).toEqual([]);
  });

  test('says in a line that this Node cannot load it, and leaves the application as it is', async () => {
    const application = ['--eval', "console.log('result')"];
    expect(
      await runNode(['--no-experimental-require-module', '--require', './instrumentation', ...application], {
        env,
      }),
    ).toEqual({
      ...quiet,
      stderr: `grants-otel: expected Node 20.19+, 22.12+ or 24+, without --no-experimental-require-module, found ${process.version}: nothing is traced\n`,
    });
    expect(receiver.requests).toEqual([]);
  });

  test('is required, untraced, where no ES module can be: in the tests of Jest, say', async () => {
    const code = `const { traceEvent, traceStep, setEventAttributes } = require('grants-otel');
      const event = { chainId: 10, contractName: 'S', eventName: 'E' };
      const step = () => traceStep('step', async () => 'result');
      traceEvent(event, () => (setEventAttributes({ roundId: '7' }), step())).then(console.log);`;
    const ended = await runNode(['--no-experimental-require-module', '--eval', code], { env });
    expect(ended).toEqual(quiet);
  });

  test('does nothing with OTEL_SDK_DISABLED=true', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/one-event.mjs`], {
      env: { ...env, OTEL_SDK_DISABLED: 'true' },
    });
    expect(ended).toEqual(quiet);
    expect(receiver.requests).toEqual([]);
  });

  test.each([
    [undefined, 'baggage,traceparent'],
    ['', 'baggage,traceparent'],
    ['baggage, tracecontext', 'baggage,traceparent'],
    ['tracecontext', 'traceparent'],
    ['b3', 'b3'],
    ['jaeger,tracecontext', 'traceparent,uber-trace-id,uberctx-key'],
    ['none', ''],
  ])('propagates by what OTEL_PROPAGATORS=%s says, and traces alike', async (propagators, headers) => {
    const more = propagators === undefined ? {} : { OTEL_PROPAGATORS: propagators };
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/propagates.mjs`], {
      env: { ...env, ...more, OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '20' },
    });
    expect(ended).toEqual({ ...quiet, stdout: `${headers}\n` });
    const [span] = receiver.spans();
    expect(span).toMatchObject({ name: 'Strategy.Allocated', attributes: { text: 'x'.repeat(20) } });
  });

  test.each([
    ['always_off', '', 0],
    ['traceidratio', '0', 0],
    ['parentbased_traceidratio', '1', 1],
    ['nothing_that_is_known', '', 1],
  ])('samples as OTEL_TRACES_SAMPLER=%s says', async (sampler, arg, spanCount) => {
    const more = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg };
    const { code, stdout } = await runNode(['--require', './instrumentation', `${HOSTS}/propagates.mjs`], {
      env: { ...env, ...more },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'baggage,traceparent\n' });
    expect(receiver.spans()).toHaveLength(spanCount);
  });

  test('leaves every way to ask a pool for a connection as it is', async () => {
    const untraced = await runNode([`${HOSTS}/odd-connects.mjs`]);
    expect(untraced.stdout).toContain('callback PendingItem ECONNREFUSED');
    expect(await runNode(['--require', './instrumentation', `${HOSTS}/odd-connects.mjs`], { env })).toEqual(
      untraced,
    );
    const connects = receiver.spans().filter(({ name }) => name === 'pg-pool.connect');
    expect(connects).toHaveLength(7);
    expect(connects[0]?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'server.address': '127.0.0.1',
      'server.port': 1,
      'error.type': 'ECONNREFUSED',
    });
  });

  test('traces an application that has frozen what all errors share', async () => {
    const args = ['--frozen-intrinsics', '--require', './instrumentation', `${HOSTS}/one-event.mjs`];
    const { code, stdout, stderr } = await runNode(args, { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'result\n' });
    expect(stderr).not.toContain('grants-otel');
    expect(receiver.spans().map((span) => span.name)).toContain('Strategy.AllocatedWithOrigin');
  });

  test('traces the main thread only, and lets worker threads run as before', async () => {
    const ended = await runNode(['--require', './instrumentation', `${HOSTS}/worker-thread.mjs`], { env });
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'worker ended with 0\n', stderr: '' });
    expect(receiver.spans().map((span) => span.name)).toEqual(['S.InMain']);
  });

  test('steps back with one line where an SDK is registered already', async () => {
    const args = [
      '--require',
      `./${HOSTS}/own-sdk.cjs`,
      '--require',
      './instrumentation',
      `${HOSTS}/one-event.cjs`,
    ];
    const { code, stdout, stderr } = await runNode(args, { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'result\n' });
    expect(stderr).toMatch(/^grants-otel: an OpenTelemetry SDK is registered already.*\n$/);
    expect(receiver.requests).toEqual([]);
  });

  /** What is said of variables, in an application that runs and is traced all the same. */
  async function linesOf(variables: Record<string, string>): Promise<string[]> {
    const { stderr, ...ended } = await runNode(['--require', './instrumentation', `${HOSTS}/one-event.mjs`], {
      env: { ...env, ...variables },
    });
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'result\n' });
    expect(receiver.spans().map((span) => span.name)).toContain('Strategy.AllocatedWithOrigin');
    return stderr.split('\n').slice(0, -1);
  }

  test('says one line for each variable that it does not understand, and takes the default', async () => {
    const variables = {
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0.5',
      GRANTS_OTEL_KEEP_RATIO: '2',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_LOG_LEVEL: 'loud',
      GRANTS_OTEL_KEEP_RATE: '0.1',
    };
    expect(await linesOf(variables)).toEqual([
      'grants-otel: GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS="0.5" is not a whole number of milliseconds, 0 or more; taking the default, 500',
      'grants-otel: GRANTS_OTEL_KEEP_RATIO="2" is not a number from 0 to 1; taking the default, 1',
      'grants-otel: OTEL_EXPORTER_OTLP_PROTOCOL="grpc" is not http/json or http/protobuf; taking the default, http/json',
      'grants-otel: OTEL_LOG_LEVEL="loud" is not none, error, warn, info, debug, verbose or all; taking the default, warn',
      'grants-otel: GRANTS_OTEL_KEEP_RATE is no variable of ours; did you mean GRANTS_OTEL_KEEP_RATIO?',
    ]);
  });

  test('does so of the standard variables, too, and shows no secret of them', async () => {
    const variables = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '"http://user:hunter2@localhost:1"',
      OTEL_EXPORTER_OTLP_TIMEOUT: '-1',
      OTEL_BSP_SCHEDULE_DELAY: 'soon',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '0',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'zip',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=hunter2,y',
      OTEL_RESOURCE_ATTRIBUTES: 'a=b=c',
      OTEL_SDK_DISABLED: 'yes',
      OTEL_TRACES_SAMPLER: 'some',
    };
    expect(await linesOf(variables)).toEqual([
      'grants-otel: OTEL_RESOURCE_ATTRIBUTES="a=b=c" is not a list of name=value, percent-encoded, with commas between them; it is not heeded',
      'grants-otel: OTEL_SDK_DISABLED="yes" is not true or false; taking the default, false',
      expect.stringMatching(
        /^grants-otel: OTEL_TRACES_SAMPLER="some" is not .*; taking the default, parentbased_always_on$/,
      ),
      'grants-otel: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="***" is not an http or https URL; it is not heeded',
      'grants-otel: OTEL_EXPORTER_OTLP_HEADERS="x-tenant=***,***" is not a list of name=value, percent-encoded, with commas between them; what is not is left out',
      'grants-otel: OTEL_EXPORTER_OTLP_COMPRESSION="zip" is not none or gzip; taking the default, none',
      'grants-otel: OTEL_EXPORTER_OTLP_TIMEOUT="-1" is not a number of milliseconds above 0, at most 2147483647; taking the default, 10000',
      'grants-otel: OTEL_BSP_SCHEDULE_DELAY="soon" is not a number of milliseconds from 0 to 2147483647; taking the default, 1000',
      'grants-otel: OTEL_BSP_MAX_EXPORT_BATCH_SIZE="0" is not a whole number above 0; taking the default, 512',
    ]);
    expect(receiver.requests[0]?.headers['x-tenant']).toBe('hunter2');
  });

  test('does so of the headers for all signals, too, where there are some for traces', async () => {
    const variables = {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=ours,hunter2',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-traces=yes',
    };
    expect(await linesOf(variables)).toEqual([
      'grants-otel: OTEL_EXPORTER_OTLP_HEADERS="x-tenant=***,***" is not a list of name=value, percent-encoded, with commas between them; what is not is left out',
    ]);
    expect(receiver.requests[0]?.headers).toMatchObject({ 'x-tenant': 'ours', 'x-traces': 'yes' });
  });

  test('sends traces only: no metrics, no logs, and nothing of the command line or its secrets', async () => {
    const ended = await runNode(
      ['--require', './instrumentation', `${HOSTS}/one-event.mjs`, '--password', 'hunter2'],
      {
        env: {
          ...env,
          OTEL_SERVICE_NAME: 'my-indexer',
          OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
        },
      },
    );
    expect(ended.stderr).toBe('');
    expect(new Set(receiver.requests.map((request) => request.path))).toEqual(new Set(['/v1/traces']));
    const resource = receiver.spans()[0]?.resource ?? {};
    expect(resource).toMatchObject({ 'service.name': 'my-indexer', 'deployment.environment': 'test' });
    expect(JSON.stringify(resource)).not.toMatch(/hunter2|one-event|command/);
  });

  test('writes the trace file where that is the only way out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grants-otel-'));
    try {
      const file = join(folder, 'traces.jsonl');
      const ended = await runNode(['--require', './instrumentation', `${HOSTS}/one-event.mjs`], {
        env: { ...env, OTEL_TRACES_EXPORTER: 'none', GRANTS_OTEL_TRACE_FILE: file },
      });
      expect(ended).toEqual(quiet);
      expect(receiver.requests).toEqual([]);
      const slow = await runNode(['dist/src/cli/main.js', 'slow', file]);
      expect(slow.code).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the trace of an event', () => {
  test('has its steps below the event span, and every id on every span', async () => {
    await runNode(['--require', './instrumentation', `${HOSTS}/one-event.mjs`], { env });
    const spans = receiver.spans();
    const event = spans.find((span) => span.name === 'Strategy.AllocatedWithOrigin');
    const fetch = spans.find((span) => span.name === 'fetchEvents');
    const trace = spans.filter((span) => span.traceId === event?.traceId);
    expect(drawTree(trace)).toBe(
      ['Strategy.AllocatedWithOrigin', '├─ handleEvent', '│  └─ tokenValidation', '└─ InsertDonation'].join(
        '\n',
      ),
    );
    for (const span of trace) {
      expect(span.attributes).toMatchObject({ chainId: 42161, roundId: '27', applicationId: '3' });
      expect(span.attributeTypes).toMatchObject({
        chainId: 'int',
        roundId: 'string',
        applicationId: 'string',
      });
    }
    expect(event?.kind).toBe(5);
    expect(event?.links.map((link) => link.spanId)).toEqual([fetch?.spanId]);
    expect(event?.attributes).toMatchObject({
      contractName: 'Strategy',
      eventName: 'AllocatedWithOrigin',
      blockNumber: 260000001,
      logIndex: 3,
      transactionHash: '0xabc',
      amount: '123456789012345678901234567890',
    });
    expect(event?.attributes['blockAgeMs']).toBeGreaterThanOrEqual(60_000);
    expect(trace.find((span) => span.name === 'InsertDonation')?.attributes).toMatchObject({
      amountInUsd: '1.5',
      uniqueDonorsCount: 2,
    });
    expect(fetch?.traceId).not.toBe(event?.traceId);
  });

  test('tells a failure on every span above it, and the exception once, where it was thrown', async () => {
    const { stdout } = await runNode(['--require', './instrumentation', `${HOSTS}/failing-event.mjs`], {
      env,
    });
    expect(stdout).toBe('true no round has this strategy\n');
    const spans = receiver.spans();
    expect(spans).toHaveLength(3);
    for (const span of spans) {
      expect(span.status).toEqual({ code: 2, message: 'no round has this strategy' });
      expect(span.attributes['error.type']).toBe('RoundNotFoundError');
    }
    expect(spans.filter((span) => span.events.length > 0).map((span) => span.name)).toEqual(['roundLookup']);
    const exception = spans.find((span) => span.name === 'roundLookup')?.events[0];
    expect(exception).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'RoundNotFoundError',
        'exception.message': 'no round has this strategy',
      },
    });
    expect(String(exception?.attributes['exception.stacktrace'])).toContain('failing-event.mjs');
  });

  test('leaves errors and their causes as they are printed without it', async () => {
    const [untraced, ...traced] = await Promise.all([
      runNode([`${HOSTS}/thrown-errors.mjs`, 'untraced']),
      runNode([`${HOSTS}/thrown-errors.mjs`]),
      runNode(['--require', './instrumentation', `${HOSTS}/thrown-errors.mjs`], { env }),
    ]);
    for (const text of [
      '[cause]: Error: inner',
      '[errors]',
      'fetch failed',
      'TypeError [ERR_INVALID_ARG_TYPE]',
    ])
      expect(untraced.stdout).toContain(text);
    for (const { code, stdout } of traced) {
      expect(code).toBe(0);
      expect(stdout).toBe(untraced.stdout);
    }
  });

  test('carries its ids also on spans that end after the event, start after it, or never end', async () => {
    await runNode(['--require', './instrumentation', `${HOSTS}/stragglers.mjs`], { env });
    const spans = receiver.spans();
    expect(spans.map((span) => span.name).sort()).toEqual(['S.E', 'endsLate', 'neverEnds', 'startsLate']);
    for (const span of spans) expect(span.attributes).toMatchObject({ chainId: 10, roundId: '1' });
    expect(spans.find((span) => span.name === 'neverEnds')).toMatchObject({
      attributes: { interrupted: true },
      status: { code: 2 },
    });
  });

  test('leaves in parts where it has more spans than may be held, each of them once', async () => {
    const args = ['--require', './instrumentation', `${HOSTS}/wide-event.mjs`, '1800', '1', '999'];
    const ended = await runNode(args, {
      env: { ...env, GRANTS_OTEL_MAX_HELD_SPANS: '2000', GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '0' },
      stdin: receiver.waitForSpans(1000).then(() => ''),
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const spans = receiver.spans();
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(1801);
    expect(spans).toHaveLength(1801);
  });
});

describe('a share of the fast traces', () => {
  test('is exported whole, the same for a trace id in every run, and says which share', async () => {
    await runNode(['--require', './instrumentation', `${HOSTS}/wide-event.mjs`, '2', '400'], {
      env: { ...env, GRANTS_OTEL_KEEP_RATIO: '0.25' },
    });
    const spans = receiver.spans();
    const events = spans.filter((span) => span.name === 'S.E');
    expect(events.length).toBeGreaterThan(50);
    expect(events.length).toBeLessThan(150);
    expect(spans).toHaveLength(events.length * 3);
    for (const event of events) {
      expect(event.attributes['keepRatio']).toBe(0.25);
      expect(Number.parseInt(event.traceId.slice(-14), 16) / 2 ** 56).toBeLessThan(0.25);
    }
  });

  test('does not concern failed traces', async () => {
    await runNode(['--require', './instrumentation', `${HOSTS}/failing-event.mjs`], {
      env: { ...env, GRANTS_OTEL_KEEP_RATIO: '0' },
    });
    expect(receiver.spans()).toHaveLength(3);
    expect(receiver.spans().filter((span) => 'keepRatio' in span.attributes)).toEqual([]);
  });
});
