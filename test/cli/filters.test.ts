import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otlpBatch, slowEvent } from '../traces/otlp-spans.js';
import { linesOf, runCli } from './run-cli.js';
import { createTraceFolder, event, linesFor, stepOf, type TraceFolder } from './trace-files.js';

const TX = `0x${'a1'.repeat(32)}`;
const DONOR = '0xAbCdef0000000000000000000000000000000001';

let folder: TraceFolder;
let path: string;
beforeAll(() => {
  folder = createTraceFolder();
  const donation = slowEvent({
    durationMs: 900,
    attributes: { transactionHash: TX, donorAddress: DONOR, tokenAddress: '0xeee', blockNumber: 7 },
  });
  const created = slowEvent({
    name: 'Allo.PoolCreated',
    durationMs: 600,
    attributes: { eventName: 'PoolCreated' },
  });
  const failed = { ...slowEvent({ durationMs: 700 }), status: { code: 2 } };
  const insert = stepOf(donation, { name: 'InsertDonation', durationMs: 800, attributes: { slow: true } });
  const update = stepOf(created, {
    name: 'pg.query:UPDATE grants',
    durationMs: 500,
    attributes: { slow: true },
  });
  path = folder.write('filters.jsonl', linesFor([donation, insert], [created, update], [failed]));
});
afterAll(() => folder.remove());

async function durations(...args: readonly string[]): Promise<unknown[]> {
  const { stdout } = await runCli(['slow', path, '--json', ...args]);
  return (JSON.parse(stdout) as { durationMs: number }[]).map(({ durationMs }) => durationMs);
}

describe('the filters of a question', () => {
  it.each([
    [['--event', 'PoolCreated'], [600]],
    [['--event', 'Allo.PoolCreated'], [600]],
    [['--tx', TX], [900]],
    [['--tx', TX.toUpperCase().replace('0X', '0x')], [900]],
    [['--donor', DONOR.toLowerCase()], [900]],
    [['--attr', 'tokenAddress=0xeee'], [900]],
    [['--attr', 'tokenAddress=0xeee', '--attr', 'chainId=10'], []],
    [['--errors'], [700]],
    [
      ['--min-duration', '650ms'],
      [900, 700],
    ],
    [['--min-duration', '0.8s'], [900]],
    [
      ['--min-duration', '700'],
      [900, 700],
    ],
    [['--span', 'InsertDonation'], [800]],
    [['--span', 'pg.query'], [500]],
    [
      ['--span', '*'],
      [900, 800, 700, 600, 500],
    ],
    [
      ['--span', '*', '--min-duration', '750'],
      [900, 800],
    ],
    [['--until', '2024-10-04'], []],
    [
      ['--since', '2024-10-04', '--until', '2024-10-05'],
      [900, 700, 600],
    ],
  ])('%j', async (args, expected) => {
    expect(await durations(...args)).toEqual(expected);
  });

  it('take a step for one of the event that is asked for', async () => {
    const donations = event({ attributes: { transactionHash: TX } });
    const step = stepOf(donations, { durationMs: 900, attributes: { slow: true } });
    const other = event();
    const otherStep = stepOf(other, { durationMs: 950, attributes: { slow: true } });
    const lines = linesFor([step, donations], [otherStep, other]);
    const { stdout } = await runCli(['slow', '-', '--span', 'InsertDonation', '--tx', TX, '--json'], {
      stdin: lines,
    });
    expect(JSON.parse(stdout)).toMatchObject([
      { durationMs: 900, event: 'Strategy.AllocatedWithOrigin', transactionHash: TX },
    ]);
  });

  it.each([
    [
      ['--min-duration', 'soon'],
      '--min-duration expects a span of time (250ms, 1.5s, 2m; a number alone is ms), found "soon"',
    ],
    [['--attr', 'chainId'], '--attr expects key=value (tokenAddress=0x…, status=500), found "chainId"'],
    [['--format', 'jsno'], '--format expects one of table, json, csv (did you mean json?), found "jsno"'],
    [['--chain', '1', '--attr', 'chainId=42161'], 'chainId is asked for as 1 and as 42161; give one'],
    [
      ['--attr', 'roundId=2', '--attr', 'tokenAddress=0xeee', '--attr', 'roundId=1'],
      'roundId is asked for as 2 and as 1; give one',
    ],
    [
      ['--attr', 'tokenAddress=0xeee', '--attr', 'tokenAddress=0xEEE', '--limit', 'x'],
      '--limit expects a whole number, 1 or more, found "x"',
    ],
    [['--json', '--format', 'csv'], '--json and --format csv contradict each other; give one'],
    [['--since', '1m', '--until', '1h'], '--since 1m is not before --until 1h; nothing lies between them'],
    [['--header', 'authorization s3cret'], "--header expects a header ('authorization: Bearer …')"],
    [['--by', 'chainId'], 'slow takes no --by'],
  ])('are refused as %j', async (args, problem) => {
    const { exitCode, stderr } = await runCli(['slow', path, ...args]);
    expect(linesOf(stderr)).toEqual([`grants-otel: ${problem}`, 'grants-otel: see grants-otel --help']);
    expect(exitCode).toBe(2);
  });
});

describe('a trace that is in several sources', () => {
  let paths: string[];
  let lines: string[];
  beforeAll(() => {
    const donation = slowEvent({ durationMs: 900, attributes: { transactionHash: TX } });
    const steps = ['InsertDonation', 'priceCalculation'].map((name) =>
      stepOf(donation, { name, durationMs: 800, attributes: { slow: true } }),
    );
    lines = [steps.slice(0, 1), steps.slice(1), [donation]].map((spans) => linesFor(spans));
    paths = lines.map((text, at) => folder.write(`rotated-${at}.jsonl`, text));
  });

  it.each([[['--tx', TX]], [['--event', 'AllocatedWithOrigin', '--since', '2000-01-01']]])(
    'is found whole by what its event is, in whichever file that is: %j',
    async (filter) => {
      const args = ['summary', ...paths, '--span', '*', '--by', 'name', '--format', 'csv', ...filter];
      const { stdout, stderr } = await runCli(args);
      expect(linesOf(stdout)).toHaveLength(1 + 3);
      expect(stderr).toBe('');
    },
  );

  it('is not sought again in a pipe, which would wait for ever', async () => {
    const pipe = folder.write('pipe', '');
    rmSync(pipe);
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, lines[0] as string);
    const { exitCode, stderr } = await runCli(['summary', pipe, '--chain', '5']);
    await writing;
    expect(stderr).toBe(`grants-otel: no events of chain 5 found in ${pipe}\n`);
    expect(exitCode).toBe(1);
  });

  it('is found in part with a word where its event, or a file, cannot be read', async () => {
    const event = linesFor([
      { ...slowEvent({ attributes: { transactionHash: TX } }), startTimeUnixNano: 'none' },
    ]);
    const unread = folder.write('rotated-unread.jsonl', event);
    const args = ['--span', '*', '--by', 'name', '--tx', TX];
    for (const sources of [[unread], [unread, paths[0] as string]]) {
      const { stderr } = await runCli(['summary', ...sources, ...args]);
      expect(linesOf(stderr)[0]).toBe(
        `grants-otel: ${unread}, line 1: a span has no valid startTimeUnixNano; skipped`,
      );
    }
    const broken = folder.write('rotated-broken.jsonl', event.replace('resourceSpans', 'else'));
    const { exitCode, stdout, stderr } = await runCli(['summary', broken, ...paths, ...args]);
    expect(stdout).toContain('3 spans in 3 rows');
    expect(stderr).toContain(`${broken} is no trace file`);
    expect(exitCode).toBe(3);
  });

  it('is told to be found in part where one of them can be read but once', async () => {
    const args = ['summary', '-', ...paths.slice(1), '--span', '*', '--by', 'name', '--tx', TX];
    const { stderr } = await runCli(args, { stdin: lines[0] as string });
    expect(stderr).toContain(
      'spans whose event is in another of these sources are left out (--event, --tx, --donor)',
    );
  });
});

describe('a question that finds nothing', () => {
  async function hints(args: readonly string[]): Promise<string[]> {
    const { exitCode, stderr } = await runCli(args);
    expect(exitCode).toBe(1);
    return linesOf(stderr).slice(1);
  }

  it('says that events are there, but none of them is flagged', async () => {
    const fast = folder.write(
      'fast.jsonl',
      linesFor([event({ durationMs: 120 })], [event({ durationMs: 80 })]),
    );
    expect(await hints(['slow', fast])).toEqual([
      `grants-otel: ${fast}: 2 events match, but none is flagged as slow (the longest took 120 ms); GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS of the indexer says what is slow, grants-otel summary shows all`,
    ]);
  });

  it('speaks of the time that was asked for', async () => {
    const [early, late] = ['2024-10-04T12:00:00Z', '2024-10-04T13:00:00Z'];
    const lateMs = Date.parse(late);
    const runs = folder.write(
      'runs.jsonl',
      linesFor(
        [event({ durationMs: 900, attributes: { slow: true } })],
        [event({ durationMs: 120 })],
        [event({ startUnixMs: lateMs, durationMs: 80 })],
      ),
    );
    expect(await hints(['slow', runs, '--since', '2024-10-04T12:30:00Z'])).toEqual([
      expect.stringContaining(
        `${runs}: 1 event matches, but none is flagged as slow (the longest took 80 ms); `,
      ),
    ]);
    expect(await hints(['slow', runs, '--until', '2024-10-04T12:00:00Z'])).toEqual([
      expect.stringContaining(
        `${runs}: it has 3 events, which began between ${early} and ${late} (--since, --until)`,
      ),
    ]);
    expect(
      await hints(['slow', runs, '--since', '2024-10-04T12:30:00Z', '--until', '2024-10-04T12:45:00Z']),
    ).toEqual([
      `grants-otel: ${runs}: it has 3 events, 1 flagged as slow, which began between ${early} and ${late}; try fewer filters`,
    ]);
  });

  it('speaks of the service that was asked for', async () => {
    const fast = [event({ durationMs: 80 })];
    const slow = [event({ durationMs: 900, attributes: { slow: true } })];
    const two = folder.write(
      'two.jsonl',
      `${JSON.stringify(otlpBatch(slow, 'one'))}\n${JSON.stringify(otlpBatch(fast, 'other'))}\n`,
    );
    expect(await hints(['slow', two, '--service', 'other'])).toEqual([
      expect.stringContaining(
        `${two}: 1 event matches, but none is flagged as slow (the longest took 80 ms); `,
      ),
    ]);
  });

  it('names the values that are there of an id that is not', async () => {
    expect(await hints(['summary', path, '--round', '28'])).toEqual([
      `grants-otel: ${path}: it has 3 events; roundId there: 27`,
    ]);
  });

  it('names the services that there are', async () => {
    const other = folder.write('other.jsonl', `${JSON.stringify(otlpBatch([event()], 'my-indexer'))}\n`);
    expect(await hints(['summary', other, '--service', 'grants-indexer'])).toEqual([
      `grants-otel: ${other}: it has 1 event, of service my-indexer (--service)`,
    ]);
  });

  it('names the time of what there is', async () => {
    expect(await hints(['summary', path, '--since', '1h'])).toEqual([
      `grants-otel: ${path}: it has 3 events, which began between 2024-10-04T12:00:00Z and 2024-10-04T12:00:00Z (--since, --until)`,
    ]);
  });

  it('names the events that there are, and the one that was probably meant', async () => {
    const its = `grants-otel: ${path}: it has 3 events, none of them of event`;
    expect(await hints(['summary', path, '--event', 'Nope'])).toEqual([
      `${its} Nope; there are AllocatedWithOrigin, PoolCreated`,
    ]);
    expect(await hints(['summary', path, '--event', 'allocatedWithOrigin'])).toEqual([
      `${its} allocatedWithOrigin; did you mean AllocatedWithOrigin?`,
    ]);
    expect(await hints(['summary', path, '--event', 'Strategy.Nope'])).toEqual([
      `${its} Strategy.Nope; there are Allo.PoolCreated, Strategy.AllocatedWithOrigin`,
    ]);
    expect(await hints(['summary', path, '--tx', '0xdead'])).toEqual([
      `grants-otel: ${path}: it has 3 events, which began between 2024-10-04T12:00:00Z and 2024-10-04T12:00:00Z; none of transaction 0xdead`,
    ]);
  });

  it('names the spans that there are, and the one that was probably meant', async () => {
    const insert = stepOf(event(), { name: 'InsertDonation' });
    const steps = folder.write(
      'names.jsonl',
      linesFor([insert, stepOf(event(), { name: 'pg.query:SELECT gi' })]),
    );
    const its = (span: string) => `grants-otel: ${steps}: it has spans, but no ${span} spans among them;`;
    expect(await hints(['summary', steps, '--span', 'InsertDonations'])).toEqual([
      `${its('InsertDonations')} did you mean InsertDonation? (--span '*' takes all)`,
    ]);
    expect(await hints(['summary', steps, '--span', 'pg.query:SELECT'])).toEqual([
      `${its('pg.query:SELECT')} did you mean pg.query:SELECT gi? (--span '*' takes all)`,
    ]);
    expect(await hints(['summary', steps, '--span', 'Nope'])).toEqual([
      `${its('Nope')} there are InsertDonation, pg.query:SELECT gi (--span '*' takes all)`,
    ]);
  });

  it('tells of spans besides those of events that are slow, or failed', async () => {
    const batch = stepOf(event(), { name: 'fetchMetadata', durationMs: 14_500, attributes: { slow: true } });
    const failed = { ...stepOf(event(), { name: 'fetchEvents' }), status: { code: 2 } };
    const file = folder.write('batches.jsonl', linesFor([event(), batch], [failed]));
    expect((await hints(['slow', file])).slice(1)).toEqual([
      `grants-otel: ${file}: 1 span of other kinds is slow: fetchMetadata (--span '*' takes all)`,
    ]);
    expect((await hints(['summary', file, '--errors'])).slice(1)).toEqual([
      `grants-otel: ${file}: 1 span of other kinds failed: fetchEvents (--span '*' takes all)`,
    ]);
  });

  it('says that there are spans, but none of an event', async () => {
    const steps = folder.write('steps.jsonl', linesFor([stepOf(event(), {})]));
    expect(await hints(['summary', steps])).toEqual([
      `grants-otel: ${steps}: it has spans, but no events among them (--span '*' takes all)`,
    ]);
  });
});
