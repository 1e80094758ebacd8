import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReceivedSpan } from '../support/otlp/received-span.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { readmeCode } from '../support/readme.js';
import { type Ended, runNode } from '../support/run-node.js';
import { freshDatabase } from '../support/servers.js';
import { drawTree } from '../support/trace-tree.js';
import { describeInstalled } from './describe-installed.js';
import { type Installed, install } from './install.js';
import { nodeOf } from './node-versions.js';

const EXAMPLE = readmeCode('Your own OpenTelemetry SDK', 'js');

/** The README's example, as its comment says to change it for SDK 3. */
const EXAMPLE_FOR_3 = EXAMPLE.replace(
  "'@opentelemetry/sdk-trace-base'",
  "'@opentelemetry/sdk-trace'",
).replace('BatchSpanProcessor(exporter)', 'BatchSpanProcessor({ exporter })');

/** The same for `--require`: SDK 3 is another set of files then. */
const EXAMPLE_FOR_3_REQUIRED = EXAMPLE_FOR_3.replaceAll(
  /^import (\{.*\}) from (.*?);/gm,
  'const $1 = require($2);',
);

/** How an SDK and our preload come together, and by which flags. */
type Way = readonly [when: string, flags: readonly string[]];

const BEFORE: Way = ['before', ['--import', './tracing.mjs', '--import', 'grants-otel/instrumentation']];
const AFTER: Way = ['after', ['--require', 'grants-otel/instrumentation', '--import', './tracing.mjs']];
const REQUIRED_AFTER: Way = [
  'by require after',
  ['--require', 'grants-otel/instrumentation', '--require', './tracing.cjs'],
];

const SDKS = [
  {
    sdk: '2.0.0, the first without all hooks',
    node: 20,
    tracing: { 'tracing.mjs': EXAMPLE },
    ways: [BEFORE, AFTER],
    packages: {
      '@opentelemetry/api': '1.9.0',
      '@opentelemetry/exporter-trace-otlp-http': '0.200.0',
      '@opentelemetry/instrumentation-pg': '0.52.0',
      '@opentelemetry/sdk-node': '0.200.0',
      '@opentelemetry/sdk-trace-base': '2.0.0',
    },
  },
  {
    sdk: '2.12.0',
    node: 20,
    tracing: { 'tracing.mjs': EXAMPLE },
    ways: [BEFORE, AFTER],
    packages: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/exporter-trace-otlp-http': '0.223.0',
      '@opentelemetry/instrumentation-http': '0.223.0',
      '@opentelemetry/instrumentation-pg': '0.76.0',
      '@opentelemetry/sdk-node': '0.223.0',
      '@opentelemetry/sdk-trace-base': '2.12.0',
    },
  },
  {
    sdk: '3.1.0',
    node: 24,
    tracing: { 'tracing.mjs': EXAMPLE_FOR_3, 'tracing.cjs': EXAMPLE_FOR_3_REQUIRED },
    ways: [BEFORE, AFTER, REQUIRED_AFTER],
    packages: {
      '@opentelemetry/api': '1.10.0',
      '@opentelemetry/exporter-trace-otlp-http': '0.301.0',
      '@opentelemetry/instrumentation-pg': '0.77.0',
      '@opentelemetry/sdk-node': '0.301.0',
      '@opentelemetry/sdk-trace': '3.1.0',
    },
  },
];

describeInstalled(['postgres'], "an application's own SDK, with our processors in its configuration", () => {
  let receiver: Receiver;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  beforeEach(async () => {
    receiver = await startReceiver();
    database = await freshDatabase();
  });

  afterEach(async () => {
    await receiver.close();
    await database.drop();
  });

  describeEach(({ node, tracing, ways, packages }) => {
    let app: Installed;
    let binary: string;

    beforeAll(async () => {
      binary = await nodeOf(node);
      app = await install({ ...packages, pg: '8.23.1' });
      for (const name of ['app.cjs', 'http.cjs']) {
        await app.write({
          [name]: await readFile(new URL(`hosts/own-sdk/${name}`, import.meta.url), 'utf8'),
        });
      }
      await app.write(tracing);
    }, 240_000);

    afterAll(() => app.remove());

    const start = (flags: readonly string[]): Promise<Ended> =>
      runNode([...flags, 'app.cjs'], {
        node: binary,
        cwd: app.folder,
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
          OTEL_SEMCONV_STABILITY_OPT_IN: 'database',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1',
          DATABASE_URL: database.url,
        },
      });

    test('has the ids, the SQL fit to be shown, and the cause of a slow event', async () => {
      const { code, stdout, stderr } = await start(['--import', './tracing.mjs']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
      expectTrace(receiver.spans());
      expect(stderr).toMatch(
        /^grants-otel: slow Strategy.AllocatedWithOrigin .*chainId=42161 roundId=27 cause="Insert\w+ > pg.query:INSERT [^"]*" .*\n$/,
      );
    });

    if ('@opentelemetry/instrumentation-http' in packages) {
      test('sees what else it instruments, after our preload, by what is also our @opentelemetry/instrumentation', async () => {
        const none = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
        const options = { node: binary, cwd: app.folder, env: none };
        const untraced = await runNode(['http.cjs'], options);
        expect(untraced).toMatchObject({ code: 0, stdout: '2\n' });
        const { code, stdout } = await runNode(
          ['--require', 'grants-otel/instrumentation', 'http.cjs'],
          options,
        );
        expect({ code, stdout }).toEqual({ code: 0, stdout: '2\n' });
      });
    }

    test.each(ways)(
      'works on where it is there %s our preload, which steps back with one line',
      async (_when, flags) => {
        const { code, stdout, stderr } = await start(flags);
        expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
        expectTrace(receiver.spans());
        // Slow events are told by our processors; the other line is what SDK 2.0.0 says of itself where anybody listens.
        const lines = stderr
          .split('\n')
          .filter((line) => !/^$| slow |Accessing resource attributes/.test(line));
        expect(lines).toEqual([
          expect.stringMatching(/^grants-otel: .*so this preload steps back: .*grants-otel\/processors/),
        ]);
      },
    );
  });
});

describeInstalled([], "an application's own SDK of another line than 2.x and 3.x", () => {
  test('is told that our processors are not for it', async () => {
    const app = await install({
      '@opentelemetry/api': '1.9.0',
      '@opentelemetry/sdk-trace-base': '1.30.1',
    });
    try {
      const host = await readFile(new URL('hosts/own-sdk/old.mjs', import.meta.url), 'utf8');
      await app.write({ 'old.mjs': host });
      const { code, stdout, stderr } = await runNode(['old.mjs'], { cwd: app.folder });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
      expect(stderr).toMatch(/^grants-otel: these are no spans of the OpenTelemetry SDK 2\.x or 3\.x.*\n$/);
    } finally {
      await app.remove();
    }
  }, 240_000);
});

type Sdk = (typeof SDKS)[number];

function describeEach(body: (sdk: Sdk) => void): void {
  for (const sdk of SDKS) describe(`SDK ${sdk.sdk}`, () => body(sdk));
}

function expectTrace(spans: readonly ReceivedSpan[]): void {
  const event = spans.find((span) => span.name === 'Strategy.AllocatedWithOrigin');
  const trace = spans.filter((span) => span.traceId === event?.traceId);
  expect(drawTree(trace).replaceAll(/ grants_otel_test_\w+/g, ' db')).toBe(
    [
      'Strategy.AllocatedWithOrigin',
      '├─ roundLookup',
      '│  └─ pg.query:SELECT db',
      '├─ InsertDonation',
      '│  └─ pg.query:INSERT db',
      '└─ InsertAgain',
      '   └─ pg.query:INSERT db',
    ].join('\n'),
  );
  for (const span of trace) {
    expect(span.resource['service.name']).toBe('my-indexer');
    expect(span.attributes).toMatchObject({ chainId: 42161 });
    // It had ended when the round became known, and there is no trace buffer here.
    if (!span.name.startsWith('pg.query:SELECT')) expect(span.attributes).toMatchObject({ roundId: '27' });
  }
  expect(event?.attributes).toMatchObject({ slow: true, slowThresholdMs: 500 });
  expect(String(event?.attributes['slowCause'])).toMatch(/^Insert\w+ > pg.query:INSERT /);
  const failed = trace.filter((span) => span.status.code === 2);
  expect(failed.map((span) => span.name.split(' ')[0])).toEqual(['pg.query:INSERT', 'InsertAgain']);
  const told = trace.flatMap(({ attributes, events, status }) => [
    ...Object.values(attributes),
    ...events.flatMap((event) => Object.values(event.attributes)),
    status.message,
  ]);
  expect(told.join('\n')).not.toMatch(/secret|duplicate key/);
}
