import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeInstalled } from '../packaging/describe-installed.js';
import { nodeOf } from '../packaging/node-versions.js';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runNode } from '../support/run-node.js';

const PRELOAD = ['--require', './instrumentation'];

interface Line {
  readonly where: string;
  readonly trace_id?: string;
  readonly span_id?: string;
}

function readLines(stdout: string): Line[] {
  const lines = stdout.trim().split('\n');
  return lines.map((text) => {
    const { message, msg, ...line } = JSON.parse(text) as { message?: string; msg?: string } & Line;
    return { ...line, where: message ?? msg ?? '' };
  });
}

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const start = (file: string, env: Record<string, string> = {}, flags = PRELOAD) =>
  runNode([...flags, `test/logs/hosts/${file}`], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env },
  });

describe.each(['logs.cjs', 'logs.mjs'])('the lines of pino and winston in %s', (file) => {
  test('carry the ids of their span where that is asked for, inside an event only', async () => {
    const { code, stdout, stderr } = await start(file, { GRANTS_OTEL_LOG_TRACE_IDS: 'true' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const spans = receiver.spans();
    const lines = readLines(stdout);
    expect(lines.map((line) => line.where)).toEqual(
      ['outside', 'event', 'step'].flatMap((where) =>
        ['winston', 'pino', 'named'].map((by) => `${by} ${where}`),
      ),
    );
    for (const line of lines) {
      const name = { outside: undefined, event: 'S.E', step: 'step' }[line.where.split(' ')[1] ?? ''];
      const span = spans.find((one) => one.name === name);
      expect(span === undefined).toBe(name === undefined);
      expect([line.trace_id, line.span_id]).toEqual([span?.traceId, span?.spanId]);
    }
    expect(new Set(receiver.requests.map((request) => request.path))).toEqual(new Set(['/v1/traces']));
  });

  test('are those of the untraced program where it is not', async () => {
    const untraced = await start(file, {}, []);
    expect(await start(file)).toEqual(untraced);
    expect(await start(file, { GRANTS_OTEL_LOG_TRACE_IDS: 'false' })).toEqual(untraced);
    expect(receiver.spans().filter((span) => span.name === 'S.E')).toHaveLength(2);
  });
});

describeInstalled([], 'on each Node', () => {
  const startOn = async (major: number, file: string, env: Record<string, string> = {}) =>
    runNode([...PRELOAD, `test/logs/hosts/${file}`], {
      node: await nodeOf(major),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, GRANTS_OTEL_LOG_TRACE_IDS: 'true', ...env },
    });

  describe.each([20, 22, 24, 26])('Node %i', (major) => {
    test("an ES module's lines carry the ids, and nothing else is said", async () => {
      const { stdout, stderr } = await startOn(major, 'logs.mjs');
      expect(stderr).toBe('');
      const event = receiver.spans().find((span) => span.name === 'S.E');
      const lines = readLines(stdout).filter((line) => line.where.endsWith(' event'));
      expect(lines.map((line) => line.trace_id)).toEqual([event?.traceId, event?.traceId, event?.traceId]);
    }, 240_000);

    test('so do those of what a method table traces', async () => {
      const table = { GRANTS_OTEL_METHODS: 'test/logs/hosts/table/table.cjs' };
      const { stdout, stderr } = await startOn(major, 'table/index.mjs', table);
      expect(stderr).toBe('');
      const spans = receiver.spans();
      const traced = ['S.E', 'store'].map((name) => spans.find((span) => span.name === name));
      expect(traced[0]).toBeDefined();
      expect(traced[1]?.parentSpanId).toBe(traced[0]?.spanId);
      expect(readLines(stdout)).toMatchObject(
        ['event', 'step'].map((where, index) => ({ where, span_id: traced[index]?.spanId })),
      );
    }, 240_000);
  });
});

test('a value of the variable that is neither costs a line, and changes nothing', async () => {
  const { stdout, stderr } = await start('logs.cjs', { GRANTS_OTEL_LOG_TRACE_IDS: 'yes please' });
  expect(stderr).toBe(
    'grants-otel: GRANTS_OTEL_LOG_TRACE_IDS="yes please" is not true or false; taking the default, false\n',
  );
  expect(stdout).not.toContain('trace_id');
});

test('winston leaves records and errors of the application as they are, and nothing of what is active in them', async () => {
  const untraced = await start('records.cjs', {}, []);
  const { stdout, ...ended } = await start('records.cjs', { GRANTS_OTEL_LOG_TRACE_IDS: 'true' });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const ids = stdout.match(/trace_id/g) ?? [];
  // Of the record and of the errors, as lines, and as a format sees them.
  expect(ids).toHaveLength(6);
  const without = stdout
    .replaceAll(/,"(?:trace_id|span_id|trace_flags)":"\w+"/g, '')
    .replaceAll(/\n {2}(?:trace_id|span_id|trace_flags): '\w+',?/g, '')
    .replaceAll(/,? (?:trace_id|span_id|trace_flags): '\w+'/g, '');
  expect(without.replaceAll(/\s|,/g, '')).toBe(untraced.stdout.replaceAll(/\s|,/g, ''));
});
