import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpSpan, otlpBatch, otlpSpan, SOME_TIME, slowEvent } from '../traces/otlp-spans.js';
import { linesOf, runCli, runUntilFirstBytes } from './run-cli.js';

const TRACE_ID = '0000000000000000000000000000abcd';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grants-otel-slow-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A trace file with each of these batches on a line. */
function linesFor(...batches: readonly (readonly OtlpSpan[])[]): string {
  return batches.map((spans) => `${JSON.stringify(otlpBatch(spans))}\n`).join('');
}

async function slowJson(args: readonly string[], stdin?: string | Uint8Array) {
  const result = await runCli(['slow', '--json', ...args], stdin === undefined ? {} : { stdin });
  return { ...result, events: JSON.parse(result.stdout) as Record<string, unknown>[] };
}

describe('grants-otel slow on trace files', () => {
  it('prints slow events as a table, slowest first, ids and causes in full, and where they are from', async () => {
    const path = fileOf(
      'table.jsonl',
      linesFor(
        [slowEvent({ traceId: TRACE_ID, durationMs: 812.25, attributes: { slowCauseMs: 609 } })],
        [
          slowEvent({
            traceId: `${TRACE_ID.slice(0, -1)}e`,
            name: 'Allo.PoolCreated',
            startUnixMs: SOME_TIME + 1.5,
            durationMs: 12_000,
            attributes: {
              chainId: 10,
              roundId: '9',
              applicationId: '',
              slowCause: 'metadataParsing',
              slowCauseMs: 12_000,
            },
          }),
        ],
      ),
    );
    const { exitCode, stdout, stderr } = await runCli(['slow', path]);
    expect(stdout.split('\n')).toEqual([
      'when                      event                         chain  round  app       ms  threshold  share  cause                                    block  transaction  trace',
      '2024-10-04T12:00:00.001Z  Allo.PoolCreated                 10      9    -  12000.0        500  100 %  metadataParsing                              -  -            0000000000000000000000000000abce',
      '2024-10-04T12:00:00.000Z  Strategy.AllocatedWithOrigin  42161     27    3    812.3        500   75 %  InsertDonation > pg.query:INSERT grants      -  -            0000000000000000000000000000abcd',
      '',
      `2 slow events matched, all shown; from ${path}`,
      '',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('prints an array of objects with --json, wherever the option stands', async () => {
    const path = fileOf(
      'json.jsonl',
      linesFor([slowEvent({ traceId: TRACE_ID, spanId: '00000000000000aa', durationMs: 812.25 })]),
    );
    const before = await runCli(['--json', 'slow', path]);
    const after = await runCli(['slow', path, '--json']);
    expect(after).toEqual(before);
    expect(JSON.parse(after.stdout)).toEqual([
      {
        when: '2024-10-04T12:00:00.000Z',
        event: 'Strategy.AllocatedWithOrigin',
        span: 'Strategy.AllocatedWithOrigin',
        chainId: 42161,
        roundId: '27',
        applicationId: '3',
        durationMs: 812.25,
        thresholdMs: 500,
        cause: 'InsertDonation > pg.query:INSERT grants',
        causeMs: 609,
        causeSharePercent: 75,
        blockNumber: null,
        transactionHash: null,
        failed: false,
        traceId: TRACE_ID,
        spanId: '00000000000000aa',
        traceUrl: null,
      },
    ]);
  });

  it('says with null what a span does not say', async () => {
    const bare = otlpSpan({ name: 'Allo.PoolCreated', kind: 5, durationMs: 600, attributes: { slow: true } });
    const { events } = await slowJson(['-'], linesFor([bare]));
    expect(events).toMatchObject([
      { chainId: null, roundId: null, applicationId: null, thresholdMs: null, cause: null, causeMs: null },
    ]);
  });

  it('leaves out fast events, slow steps, and roots that are no events', async () => {
    const event = slowEvent({ traceId: TRACE_ID, spanId: '00000000000000aa' });
    const step = otlpSpan({
      traceId: TRACE_ID,
      parentSpanId: '00000000000000aa',
      durationMs: 700,
      attributes: { slow: true },
    });
    const fetching = otlpSpan({ name: 'fetchEvents', durationMs: 900, attributes: { slow: true } });
    const fast = otlpSpan({ name: 'Allo.PoolCreated', kind: 5, attributes: { eventName: 'PoolCreated' } });
    const { events } = await slowJson(['-'], linesFor([event, step, fetching, fast]));
    expect(events.map(({ traceId }) => traceId)).toEqual([TRACE_ID]);
  });

  it('filters by chain, round and application, all of them together', async () => {
    const of = (chainId: number, roundId: string, applicationId: string) =>
      slowEvent({ attributes: { chainId, roundId, applicationId } });
    const path = fileOf(
      'filters.jsonl',
      linesFor([of(1, '27', '3'), of(10, '27', '3'), of(10, '28', '3'), of(10, '27', '4')]),
    );
    const countOf = async (...filters: string[]) => (await slowJson([path, ...filters])).events.length;
    expect(await countOf()).toBe(4);
    expect(await countOf('--chain', '10')).toBe(3);
    expect(await countOf('--round=27')).toBe(3);
    expect(await countOf('--application', '3', '--chain=10')).toBe(2);
    expect(await countOf('--chain', '10', '--round', '27', '--application', '3')).toBe(1);
  });

  it('takes all of a file, or what began since a moment, or what is of one service', async () => {
    const now = Date.now();
    const old = slowEvent({ startUnixMs: now - 3 * 3_600_000 });
    const fresh = slowEvent({ startUnixMs: now - 60_000 });
    const path = fileOf(
      'since.jsonl',
      linesFor([old, fresh]) + JSON.stringify(otlpBatch([slowEvent()], 'other')),
    );
    expect((await slowJson([path])).events).toHaveLength(3);
    expect((await slowJson([path, '--since', '1h'])).events.map(({ traceId }) => traceId)).toEqual([
      fresh.traceId,
    ]);
    expect(
      (await slowJson([path, '--since', new Date(now - 4 * 3_600_000).toISOString()])).events,
    ).toHaveLength(2);
    expect((await slowJson([path, '--service', 'other'])).events).toHaveLength(1);
  });

  it('shows 20 unless told otherwise, and says how many there were', async () => {
    const spans = Array.from({ length: 30 }, (_, at) => slowEvent({ durationMs: 600 + ((at * 7) % 30) }));
    const path = fileOf('limit.jsonl', linesFor(spans.slice(0, 15), spans.slice(15)));
    const { stdout } = await runCli(['slow', path]);
    expect(linesOf(stdout).at(-1)).toBe(`30 slow events matched, the 20 slowest shown; from ${path}`);
    const { events } = await slowJson([path, '--limit', '3']);
    expect(events.map(({ durationMs }) => durationMs)).toEqual([629, 628, 627]);
  });

  it('keeps the slowest of many more events than it is to show', async () => {
    const spans = Array.from({ length: 5000 }, (_, at) =>
      slowEvent({ durationMs: 600 + ((at * 7919) % 5000) }),
    );
    const { events, stderr } = await slowJson(['-', '--limit', '2'], linesFor(spans));
    expect(events.map(({ durationMs }) => durationMs)).toEqual([5599, 5598]);
    expect(stderr).toBe('');
  });

  it('counts a span once that was exported twice, within a file and across two', async () => {
    const event = slowEvent();
    const first = fileOf('once.jsonl', linesFor([event], [event, slowEvent()]));
    const second = fileOf('again.jsonl', linesFor([event]));
    const { events } = await slowJson([first, second]);
    expect(events).toHaveLength(2);
  });

  it('reads ids in base64, times and ints as numbers, and kinds by name', async () => {
    const event = {
      ...slowEvent(),
      traceId: Buffer.from(TRACE_ID, 'hex').toString('base64'),
      spanId: Buffer.from('00000000000000aa', 'hex').toString('base64'),
      parentSpanId: '',
      kind: 'SPAN_KIND_CONSUMER',
      startTimeUnixNano: SOME_TIME * 1e6,
      endTimeUnixNano: SOME_TIME * 1e6 + 750e6,
      attributes: [
        { key: 'slow', value: { boolValue: true } },
        { key: 'chainId', value: { intValue: 42161 } },
      ],
    } as unknown as OtlpSpan;
    const { events } = await slowJson(['-', '--chain', '42161'], linesFor([event]));
    expect(events).toMatchObject([
      {
        traceId: TRACE_ID,
        durationMs: expect.closeTo(750, 3),
        when: '2024-10-04T12:00:00.000Z',
        chainId: 42161,
      },
    ]);
  });

  it('reads gzip by its first bytes, from a file and from the standard input', async () => {
    const packed = gzipSync(linesFor([slowEvent()]));
    expect((await slowJson([fileOf('packed', packed)])).events).toHaveLength(1);
    expect((await slowJson(['-'], packed)).events).toHaveLength(1);
  });

  it('takes the file of GRANTS_OTEL_TRACE_FILE where no source is named', async () => {
    const path = fileOf('variable.jsonl', linesFor([slowEvent()]));
    const { exitCode, stdout } = await runCli(['slow'], { env: { GRANTS_OTEL_TRACE_FILE: path } });
    expect(linesOf(stdout).at(-1)).toBe(`1 slow event matched, all shown; from ${path}`);
    expect(exitCode).toBe(0);
  });

  it('names the variable where its file is not there', async () => {
    const path = join(folder, 'nowhere.jsonl');
    const { exitCode, stderr } = await runCli(['slow'], { env: { GRANTS_OTEL_TRACE_FILE: path } });
    expect(stderr).toBe(
      `grants-otel: ${path}: no such file; traces go to a file where GRANTS_OTEL_TRACE_FILE names one (from GRANTS_OTEL_TRACE_FILE)\n`,
    );
    expect(exitCode).toBe(3);
  });

  it('exits with 1 and says what was asked where nothing is found', async () => {
    const path = fileOf('nothing.jsonl', linesFor([slowEvent()]));
    const { exitCode, stdout, stderr } = await runCli([
      'slow',
      path,
      '--chain',
      '1',
      '--since',
      '2024-01-01',
    ]);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `grants-otel: no slow events of chain 1 found in ${path} (since 2024-01-01)\ngrants-otel: ${path}: it has 1 event; chainId there: 42161\n`,
    );
    expect(exitCode).toBe(1);
    expect((await slowJson([path, '--chain', '1'])).stdout).toBe('[]\n');
  });

  it('never sends control characters of a name to a terminal', async () => {
    const name = 'Allo.\u001b[31mPool\u009b2J\u202eCreated\n';
    const path = fileOf(
      'control.jsonl',
      linesFor([slowEvent({ name, attributes: { slowCause: '\u001b]0;x\u0007' } })]),
    );
    const shown = 'Allo.\\u001b[31mPool\\u009b2J\\u202eCreated\\u000a';
    const table = await runCli(['slow', path]);
    expect(linesOf(table.stdout)[1]).toContain(`${shown}  `);
    const json = await runCli(['slow', path, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject([{ event: name }]);
    for (const { stdout } of [table, json]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('grants-otel slow on files that are not as they should be', () => {
  it('answers from the rest where a line in the middle is corrupt and the last one is cut off', async () => {
    const [first, second] = [linesFor([slowEvent()]), linesFor([slowEvent()])];
    const path = fileOf(
      'broken.jsonl',
      `${first}{"resourceSpans":[nonsense\n\n[]\n${second}${first.slice(0, 99)}`,
    );
    const { exitCode, stdout, stderr } = await runCli(['slow', path]);
    expect(linesOf(stdout).at(-1)).toBe(`2 slow events matched, all shown; from a part of ${path}`);
    expect(linesOf(stderr)).toEqual([
      `grants-otel: ${path}, line 2: cut off or damaged; skipped`,
      `grants-otel: ${path}, line 4: no {"resourceSpans":[…]} in JSON; skipped`,
      `grants-otel: ${path}, line 6: cut off (a file still being written?); skipped`,
      `grants-otel: ${path}: 1 line is cut off or damaged; what else there is is answered`,
    ]);
    expect(exitCode).toBe(3);
  });

  it('loses nothing by a last line that is still being written, nor by lines that were never traces', async () => {
    const [first, second] = [linesFor([slowEvent()]), linesFor([slowEvent()])];
    const path = fileOf('growing.jsonl', `nonsense\n${first}{"resourceSpans":5}\n[]\n${second.slice(0, 99)}`);
    const { exitCode, stdout } = await runCli(['slow', path]);
    expect(linesOf(stdout).at(-1)).toBe(`1 slow event matched, all shown; from ${path}`);
    expect(exitCode).toBe(0);
  });

  it('says of what else a damaged file has that nothing of it was found', async () => {
    const batch = linesFor([slowEvent()]);
    const path = fileOf('damaged.jsonl', `${batch.slice(0, -20)}\n${batch}`);
    const { exitCode, stdout, stderr } = await runCli(['slow', path, '--chain', '1']);
    expect(stdout).toBe('');
    expect(linesOf(stderr).slice(2)).toEqual([
      `grants-otel: no slow events of chain 1 found in a part of ${path}`,
      `grants-otel: ${path}: it has 1 event; chainId there: 42161`,
    ]);
    expect(exitCode).toBe(3);
  });

  it('reads a last line without its end, if it is whole', async () => {
    const { events, stderr } = await slowJson(['-'], linesFor([slowEvent()]).trimEnd());
    expect(events).toHaveLength(1);
    expect(stderr).toBe('');
  });

  it('tells of the first few faults, then counts', async () => {
    const path = fileOf('faults.jsonl', linesFor([slowEvent()]) + 'nonsense\n'.repeat(50));
    const { stderr } = await slowJson([path]);
    expect(linesOf(stderr)).toHaveLength(4);
    expect(linesOf(stderr).at(-1)).toBe(`grants-otel: ${path}: 47 more like these skipped`);
  });

  it('skips a span that cannot be read, and says why', async () => {
    const bad = [
      { ...slowEvent(), traceId: 'xyz' },
      { ...slowEvent(), endTimeUnixNano: '1' },
      { ...slowEvent(), startTimeUnixNano: 'noon' },
    ];
    const { events, stderr, exitCode } = await slowJson(['-'], linesFor([...bad, slowEvent()]));
    expect(events).toHaveLength(1);
    expect(linesOf(stderr)).toEqual([
      'grants-otel: the standard input, line 1: a span has no valid traceId; skipped',
      'grants-otel: the standard input, line 1: a span ends before it begins; skipped',
      'grants-otel: the standard input, line 1: a span has no valid startTimeUnixNano; skipped',
    ]);
    expect(exitCode).toBe(0);
  });

  it('says that a file is empty, and finds nothing', async () => {
    const path = fileOf('empty.jsonl', '');
    const { exitCode, stderr } = await runCli(['slow', path]);
    expect(linesOf(stderr)[0]).toBe(`grants-otel: ${path} is empty`);
    expect(exitCode).toBe(1);
  });

  it('refuses what is no trace file, a folder, and a file that is not there, and answers from the others', async () => {
    const text = fileOf('notes.txt', 'one\ntwo\n');
    const good = fileOf('good.jsonl', linesFor([slowEvent()]));
    const missing = join(folder, 'missing.jsonl');
    const { exitCode, stdout, stderr } = await runCli(['slow', text, folder, missing, good]);
    expect(linesOf(stdout).at(-1)).toBe(`1 slow event matched, all shown; from ${good}`);
    expect(linesOf(stderr).slice(2)).toEqual([
      `grants-otel: ${text} is no trace file: expected {"resourceSpans":[…]} on each line, found none`,
      `grants-otel: ${folder} is a folder; name the trace file in it`,
      `grants-otel: ${missing}: no such file; traces go to a file where GRANTS_OTEL_TRACE_FILE names one`,
    ]);
    expect(exitCode).toBe(3);
  });

  it('guesses that host:port was meant to be a Jaeger', async () => {
    const { exitCode, stderr } = await runCli(['slow', 'localhost:16686']);
    expect(stderr).toBe(
      'grants-otel: localhost:16686: no such file; if it is a Jaeger, write http://localhost:16686\n',
    );
    expect(exitCode).toBe(3);
  });

  it('answers from what came before the cut of a gzip', async () => {
    const batches = Array.from({ length: 200 }, () => [slowEvent()]);
    const packed = gzipSync(linesFor(...batches));
    const path = fileOf('cut.gz', packed.subarray(0, packed.length - 100));
    const { exitCode, events, stderr } = await slowJson([path, '--limit', '1000']);
    expect(events.length).toBeGreaterThan(150);
    expect(events.length).toBeLessThan(200);
    expect(stderr).toContain(`grants-otel: ${path}: the gzip is cut off; what came before is answered\n`);
    expect(exitCode).toBe(3);
    const table = await runCli(['slow', path]);
    expect(linesOf(table.stdout).at(-1)).toMatch(/; from a part of /);
  });

  it('ends quietly where its reader has seen enough', async () => {
    const spans = Array.from({ length: 3000 }, () => slowEvent());
    const path = fileOf('long.jsonl', linesFor(spans));
    const { exitCode, stderr } = await runUntilFirstBytes(['slow', '--json', '--limit', '3000', path]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });
});
