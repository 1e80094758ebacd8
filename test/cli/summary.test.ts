import { describe, expect, it } from 'vitest';
import { otlpSpan, slowEvent } from '../traces/otlp-spans.js';
import { linesOf, runCli } from './run-cli.js';
import { event, linesFor, stepOf } from './trace-files.js';

async function rowsOf(lines: string, ...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await runCli(['summary', '-', '--json', ...args], { stdin: lines });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

/** An event of which ten were as fast and one was kept, and one step of it. */
function keptTrace(durationMs: number) {
  const root = event({ durationMs, attributes: { keepRatio: 0.1 } });
  return [
    stepOf(root, { name: 'InsertDonation', durationMs: durationMs / 2, attributes: { chainId: 42161 } }),
    root,
  ];
}

describe('grants-otel summary', () => {
  it('has one object for each event and chain with --json, what took longest in all first', async () => {
    const durations = Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1);
    const lines = linesFor(
      durations.map((durationMs) => event({ durationMs })),
      [
        slowEvent({ durationMs: 600 }),
        { ...event({ durationMs: 3, attributes: { chainId: 10 } }), status: { code: 2 } },
      ],
    );
    expect(await rowsOf(lines)).toEqual([
      {
        event: 'Strategy.AllocatedWithOrigin',
        chainId: 42161,
        count: 101,
        slowCount: 1,
        errorCount: 0,
        minMs: 1,
        avgMs: 5650 / 101,
        p50Ms: 51,
        p95Ms: 96,
        p99Ms: 100,
        maxMs: 600,
        totalMs: 5650,
        lastEnd: '2024-10-04T12:00:00.600Z',
        readCount: 101,
        estimated: false,
        percentileErrorPercent: 0,
      },
      expect.objectContaining({ chainId: 10, count: 1, errorCount: 1, slowCount: 0, totalMs: 3 }),
    ]);
  });

  it('is grouped by nothing that is called as one of its figures', async () => {
    const stdin = linesFor([event()]);
    const [row] = await rowsOf(stdin);
    const csv = await runCli(['summary', '-', '--format', 'csv'], { stdin });
    const names = [...Object.keys(row ?? {}), ...(csv.stdout.split('\r\n')[0] ?? '').split(',')];
    const figures = [...new Set(names)].filter((name) => !['event', 'eventName', 'chainId'].includes(name));
    for (const format of ['table', 'json', 'csv']) {
      const by = ['roundId', ...figures].join(',');
      const { exitCode, stdout, stderr } = await runCli(['summary', '-', '--format', format, '--by', by], {
        stdin,
      });
      expect(linesOf(stderr)).toEqual([
        `grants-otel: --by expects names other than ${figures.join(', ')}, which figures of the answer have, found "${by}"`,
        'grants-otel: see grants-otel --help',
      ]);
      expect(stdout).toBe('');
      expect(exitCode).toBe(2);
    }
  });

  it('prints a table', async () => {
    const { stdout, exitCode } = await runCli(['summary', '-'], { stdin: linesFor([event(), slowEvent()]) });
    expect(stdout.split('\n')).toEqual([
      'event                         chain  count  slow  errors  min ms    avg   p50    p95    p99    max  total',
      'Strategy.AllocatedWithOrigin  42161      2     1       0    10.0  411.0  10.0  812.0  812.0  812.0  822.0',
      '',
      '2 events in 1 row; times in ms; from the standard input',
      '',
    ]);
    expect(exitCode).toBe(0);
  });

  it('counts a kept trace for those that were not, and marks what is estimated', async () => {
    const lines = linesFor(keptTrace(20), [slowEvent({ durationMs: 500 })]);
    expect(await rowsOf(lines)).toMatchObject([
      {
        count: 11,
        slowCount: 1,
        totalMs: 700,
        avgMs: 700 / 11,
        p50Ms: 20,
        p95Ms: 500,
        readCount: 2,
        estimated: true,
      },
    ]);
    const { stdout } = await runCli(['summary', '-'], { stdin: lines });
    const [, row = '', , , remark] = linesOf(stdout);
    expect(row.split(/ +/).slice(1)).toEqual([
      '42161',
      '~11',
      '~1',
      '0',
      '20.0',
      '~63.6',
      '~20.0',
      '~500.0',
      '~500.0',
      '500.0',
      '~700.0',
    ]);
    expect(remark).toMatch(/^~ estimated: /);
  });

  it('counts the steps of a kept trace likewise, wherever its event stands', async () => {
    const [step, root] = keptTrace(20);
    if (!step || !root) throw new Error('no trace');
    for (const lines of [linesFor([step, root]), linesFor([step], [root]), linesFor([root], [step])]) {
      expect(await rowsOf(lines, '--span', 'InsertDonation')).toMatchObject([
        { name: 'InsertDonation', chainId: 42161, count: 10, readCount: 1, totalMs: 100, estimated: true },
      ]);
      expect(await rowsOf(lines, '--span', '*', '--by', 'name')).toHaveLength(2);
    }
  });

  it('counts a batch that was kept for those that were not, and the statements below it', async () => {
    const batch = otlpSpan({
      name: 'fetchEvents',
      durationMs: 30,
      attributes: { chainId: 10, keepRatio: 0.1 },
    });
    const statement = stepOf(batch, { name: 'pg.query:SELECT', durationMs: 2 });
    const whole = otlpSpan({ name: 'sync', durationMs: 5 });
    const rows = await rowsOf(linesFor([statement, batch], [whole]), '--span', '*', '--by', 'name');
    expect(rows).toMatchObject([
      { name: 'fetchEvents', count: 10, totalMs: 300, readCount: 1, estimated: true },
      { name: 'pg.query:SELECT', count: 10, totalMs: 20, estimated: true },
      { name: 'sync', count: 1, totalMs: 5, estimated: false },
    ]);
  });

  it('groups by any attribute, by several, by name, event, service and trace', async () => {
    const first = event({ durationMs: 30, attributes: { roundId: '1', slowCause: 'priceCalculation' } });
    const second = event({ durationMs: 20, attributes: { roundId: '2' } });
    const third = event({ name: 'Allo.PoolCreated', durationMs: 10, attributes: { roundId: '2' } });
    const lines = linesFor([first, second, third, stepOf(first, { name: 'roundLookup', durationMs: 5 })]);
    const by = async (keys: string, ...args: string[]) =>
      (await rowsOf(lines, '--by', keys, ...args)).map((row) => [
        ...keys.split(',').map((key) => row[key]),
        row['count'],
      ]);
    expect(await by('roundId')).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(await by('roundId,event')).toEqual([
      ['1', 'Strategy.AllocatedWithOrigin', 1],
      ['2', 'Strategy.AllocatedWithOrigin', 1],
      ['2', 'Allo.PoolCreated', 1],
    ]);
    expect(await by('slowCause')).toEqual([
      ['priceCalculation', 1],
      [null, 2],
    ]);
    expect(await by('service')).toEqual([['grants-indexer', 3]]);
    expect(await by('traceId')).toEqual([first, second, third].map(({ traceId }) => [traceId, 1]));
    expect(await by('name', '--span', '*')).toEqual([
      ['Strategy.AllocatedWithOrigin', 2],
      ['Allo.PoolCreated', 1],
      ['roundLookup', 1],
    ]);
    expect(await by('name', '--span', '*', '--limit', '1')).toHaveLength(1);
  });

  it('says which key no span has, and which was probably meant', async () => {
    const summary = (by: string) => runCli(['summary', '-', '--by', by], { stdin: linesFor([event()]) });
    const mistyped = await summary('eventname,roundId,colour');
    expect(mistyped.stderr).toBe(
      'grants-otel: none of the spans has eventname, which --by asks for; did you mean eventName?\n' +
        'grants-otel: none of the spans has colour, which --by asks for\n',
    );
    expect(mistyped).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 event in 1 row') });
    expect((await summary('eventName,chainId')).stderr).toBe('');
  });

  it('counts a span once that was exported twice', async () => {
    const span = event();
    expect(await rowsOf(linesFor([span, event()], [span]))).toMatchObject([{ count: 2 }]);
  });

  it('filters before it adds up', async () => {
    const lines = linesFor([
      event({ durationMs: 5 }),
      event({ durationMs: 50 }),
      slowEvent({ attributes: { chainId: 10 } }),
    ]);
    expect(await rowsOf(lines, '--min-duration', '20ms', '--chain', '42161')).toMatchObject([
      { count: 1, totalMs: 50 },
    ]);
  });
});
