import { describe, expect, it } from 'vitest';
import { otlpSpan, SOME_TIME, slowEvent } from '../traces/otlp-spans.js';
import { runCli } from './run-cli.js';
import { event, linesFor } from './trace-files.js';

function caused(slowCause: string, slowCauseMs: number, durationMs: number, startUnixMs = SOME_TIME) {
  return slowEvent({ startUnixMs, durationMs, attributes: { slowCause, slowCauseMs } });
}

const { attributes, ...untold } = slowEvent({ durationMs: 600 });
const LINES = linesFor([
  caused('InsertDonation', 700, 1000),
  caused('InsertDonation', 500, 1400, SOME_TIME + 60_000),
  caused('priceCalculation', 600, 1000, SOME_TIME + 60_000),
  { ...untold, attributes: attributes.filter(({ key }) => !key.startsWith('slowCause')) },
  event({ durationMs: 400 }),
]);

async function causes(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await runCli(['causes', '-', '--json', ...args], { stdin: LINES });
  return JSON.parse(stdout);
}

describe('grants-otel causes', () => {
  it('adds up self times by cause, of all the time of slow events, to 100 %', async () => {
    expect(await causes()).toEqual([
      { cause: 'InsertDonation', kind: 'cause', eventCount: 2, selfMs: 1200, sharePercent: 30 },
      { cause: 'priceCalculation', kind: 'cause', eventCount: 1, selfMs: 600, sharePercent: 15 },
      { cause: null, kind: 'not told', eventCount: 1, selfMs: 600, sharePercent: 15 },
      { cause: null, kind: 'rest', eventCount: 4, selfMs: 1600, sharePercent: 40 },
    ]);
  });

  it('compares before and after a moment', async () => {
    const none = { eventCount: 0, selfMs: 0, sharePercent: 0 };
    expect(await causes('--split', '2024-10-04T12:00:30Z')).toEqual([
      {
        cause: 'InsertDonation',
        kind: 'cause',
        before: { eventCount: 1, selfMs: 700, sharePercent: 43.75 },
        after: { eventCount: 1, selfMs: 500, sharePercent: 20.83 },
        changePercentPoints: -22.92,
      },
      {
        cause: 'priceCalculation',
        kind: 'cause',
        before: none,
        after: { eventCount: 1, selfMs: 600, sharePercent: 25 },
        changePercentPoints: 25,
      },
      {
        cause: null,
        kind: 'not told',
        before: { eventCount: 1, selfMs: 600, sharePercent: 37.5 },
        after: none,
        changePercentPoints: -37.5,
      },
      {
        cause: null,
        kind: 'rest',
        before: { eventCount: 2, selfMs: 300, sharePercent: 18.75 },
        after: { eventCount: 2, selfMs: 1300, sharePercent: 54.17 },
        changePercentPoints: 35.42,
      },
    ]);
  });

  it('puts into one row what --limit leaves out', async () => {
    expect(await causes('--limit', '1')).toMatchObject([
      { cause: 'InsertDonation' },
      { kind: 'others', eventCount: 2, selfMs: 1200, sharePercent: 30 },
      { kind: 'rest', sharePercent: 40 },
    ]);
  });

  it('prints a table, and what was added up', async () => {
    const { stdout, exitCode } = await runCli(['causes', '-'], { stdin: LINES });
    expect(stdout.split('\n')).toEqual([
      'cause                   events  self ms   share',
      'InsertDonation               2   1200.0  30.0 %',
      'priceCalculation             1    600.0  15.0 %',
      '(no cause told)              1    600.0  15.0 %',
      '(outside of the cause)       4   1600.0  40.0 %',
      '',
      '4 slow events, 4000.0 ms in all; share: self time of the span that is the cause, of all that time; from the standard input',
      '',
    ]);
    expect(exitCode).toBe(0);
  });

  it('says that steps tell no cause where they are asked for, in every format', async () => {
    const step = otlpSpan({ name: 'InsertDonation', durationMs: 700, attributes: { slow: true } });
    const stdin = LINES + linesFor([step]);
    for (const format of ['table', 'json', 'csv']) {
      const args = ['causes', '-', '--format', format, '--span'];
      const { stdout, stderr, exitCode } = await runCli([...args, 'InsertDonation'], { stdin });
      expect(stdout).not.toBe('');
      expect(stderr).toBe(
        "grants-otel: none of these InsertDonation spans tells a cause, which only slow events do: ask without --span for the causes of events, or grants-otel summary --span '*' --by name for the time of each kind of span\n",
      );
      expect(exitCode).toBe(0);
      expect((await runCli([...args, '*'], { stdin })).stderr).toBe('');
    }
  });

  it('says so where one side of the split has nothing', async () => {
    const { stderr, exitCode } = await runCli(['causes', '-', '--split', '2024-10-05'], { stdin: LINES });
    expect(stderr).toBe('grants-otel: nothing slow after --split 2024-10-05: there is nothing to compare\n');
    expect(exitCode).toBe(0);
  });
});
