import { afterEach, describe, expect, it } from 'vitest';
import { startLegacyJaeger, type TestServer } from '../traces/jaeger-servers.js';
import { type OtlpSpan, SOME_TIME, slowEvent } from '../traces/otlp-spans.js';
import { linesOf, runCli } from './run-cli.js';
import { linesFor, stepOf } from './trace-files.js';

const TRACE_ID = '0000000000000000000000000000abcd';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const root = slowEvent({
  traceId: TRACE_ID,
  spanId: '00000000000000aa',
  durationMs: 800,
  attributes: { blockNumber: 7 },
});
const insert = stepOf(root, {
  spanId: '00000000000000bb',
  startUnixMs: SOME_TIME + 200,
  durationMs: 600,
  attributes: { chainId: 42161, roundId: '27', applicationId: '3', slow: true, slowThresholdMs: 500 },
});
const query = {
  ...stepOf(insert, {
    name: 'pg.query:INSERT grants',
    spanId: '00000000000000cc',
    startUnixMs: SOME_TIME + 300,
    durationMs: 400,
    attributes: {
      chainId: 42161,
      roundId: '27',
      applicationId: '3',
      'db.query.text': 'INSERT INTO\n  donations',
    },
  }),
  status: { code: 2 },
  events: [
    {
      name: 'exception',
      timeUnixNano: String(BigInt(SOME_TIME + 700) * 1_000_000n),
      attributes: [
        { key: 'exception.type', value: { stringValue: 'DatabaseError' } },
        { key: 'exception.message', value: { stringValue: 'deadlock\u001b[31m detected' } },
        { key: 'exception.stacktrace', value: { stringValue: 'at …' } },
      ],
    },
  ],
} as OtlpSpan;
const LINES = linesFor([query], [insert, root], [slowEvent()]);

describe('grants-otel trace', () => {
  it('draws a trace as a tree, with what each span says that its parent does not', async () => {
    const { stdout, stderr, exitCode } = await runCli(['trace', 'abcd', '-'], { stdin: LINES });
    const [full, part, least] = [
      '█'.repeat(40),
      `${' '.repeat(10)}${'█'.repeat(30)}`,
      `${' '.repeat(15)}${'█'.repeat(20)}`,
    ];
    expect(stdout.split('\n')).toEqual([
      'span                             ms   self',
      `Strategy.AllocatedWithOrigin  800.0  200.0  ${full}  slow`,
      '│  chainId=42161  roundId=27  applicationId=3  eventName=AllocatedWithOrigin  slowThresholdMs=500  slowCause=InsertDonation > pg.query:INSERT grants  slowCauseMs=609  blockNumber=7',
      `└─ InsertDonation             600.0  200.0  ${part}  slow`,
      `   └─ pg.query:INSERT grants  400.0  400.0  ${least}       error`,
      '         db.query.text=INSERT INTO donations',
      '         • +400.0 ms exception DatabaseError: deadlock\\u001b[31m detected',
      '',
      `3 spans, 2 slow, 800.0 ms from 2024-10-04T12:00:00.000Z; ${TRACE_ID}`,
      '',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('is one object with --json', async () => {
    const { stdout } = await runCli(['trace', TRACE_ID.toUpperCase(), '-', '--json'], { stdin: LINES });
    const trace = JSON.parse(stdout) as { spans: unknown[] };
    expect(trace).toMatchObject({
      traceId: TRACE_ID,
      when: '2024-10-04T12:00:00.000Z',
      durationMs: 800,
      spanCount: 3,
      traceUrl: null,
    });
    expect(trace.spans[2]).toEqual({
      spanId: '00000000000000cc',
      parentSpanId: '00000000000000bb',
      depth: 2,
      name: 'pg.query:INSERT grants',
      kind: 'internal',
      service: 'grants-indexer',
      status: 'error',
      offsetMs: 300,
      durationMs: 400,
      selfMs: 400,
      flags: ['error'],
      attributes: {
        chainId: 42161,
        roundId: '27',
        applicationId: '3',
        'db.query.text': 'INSERT INTO\n  donations',
      },
      events: [
        {
          name: 'exception',
          offsetMs: 700,
          attributes: {
            'exception.type': 'DatabaseError',
            'exception.message': 'deadlock\u001b[31m detected',
            'exception.stacktrace': 'at …',
          },
        },
      ],
    });
  });

  it('is found in a Jaeger by the address of its page', async () => {
    const server = await startLegacyJaeger({ traces: [{ spans: [root, insert, query] }] });
    servers.push(server);
    const { stdout, exitCode } = await runCli(['trace', `${server.url}/trace/abcd?uiFind=00000000000000bb`]);
    expect(linesOf(stdout).at(-1)).toContain(`${server.url}/trace/${TRACE_ID}`);
    expect(stdout).toContain('   └─ pg.query:INSERT grants');
    expect(exitCode).toBe(0);
  });

  it('is put together of two sources', async () => {
    const server = await startLegacyJaeger({ traces: [{ spans: [root, insert] }] });
    servers.push(server);
    const { stdout } = await runCli(['trace', TRACE_ID, server.url, '-'], {
      stdin: linesFor([insert, query]),
    });
    expect(linesOf(stdout).at(-1)).toContain('3 spans, 2 slow');
  });

  it('says that there is none, and how an id is written', async () => {
    const { stdout, stderr, exitCode } = await runCli(['trace', '12', '-'], { stdin: LINES });
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `grants-otel: no trace ${'12'.padStart(32, '0')} found in the standard input; an id is written in full, only its leading zeros may be left out\n`,
    );
    expect(exitCode).toBe(1);
    expect((await runCli(['trace', '12', '-', '--json'], { stdin: LINES })).stdout).toBe('null\n');
  });

  it.each([
    [[], 'trace needs the id of a trace: grants-otel trace <id> [source]...'],
    [
      ['traces.jsonl'],
      'trace expects the id of a trace, up to 32 hex digits, or the address of its page in Jaeger, found "traces.jsonl"',
    ],
    [['abc', '--chain', '1'], 'trace takes no --chain'],
  ])('refuses trace %j', async (args, problem) => {
    const { exitCode, stderr } = await runCli(['trace', ...args]);
    expect(linesOf(stderr)).toEqual([`grants-otel: ${problem}`, 'grants-otel: see grants-otel --help']);
    expect(exitCode).toBe(2);
  });
});
