import { execFileSync } from 'node:child_process';
import { constants, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSpans, type TracesData } from '../support/otlp/received-span.js';
import { startReceiver } from '../support/otlp-receiver.js';
import { runHost, startHost } from './hosts/run-host.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trace-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function spansIn(path: string) {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split('\n');
  return lines.flatMap((line) => decodeSpans(JSON.parse(line) as TracesData));
}

describe('the trace file', () => {
  it('has every span, one batch a line, in folders made for it, readable by its owner alone', async () => {
    const traceFile = join(folder, 'a', 'b', 'traces.jsonl');
    const result = await runHost({ spans: 2000, spansPerTrace: 8, otlp: 'none', settings: { traceFile } });

    expect(result).toMatchObject({ code: 0, stderr: '' });
    const spans = await spansIn(traceFile);
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(2000);
    expect(spans[0]).toMatchObject({ name: 'Strategy.AllocatedWithOrigin', attributes: { chainId: 42161 } });
    expect((await stat(traceFile)).mode & 0o777).toBe(0o600);
  });

  it('is written once, whether the collector is there or not', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    const receiver = await startReceiver({ behaviour: { mode: 'status', status: 503 } });
    await runHost(
      { spans: 100, settings: { traceFile }, exitTimeoutMs: 4000 },
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } },
    );
    await receiver.close();

    expect(await spansIn(traceFile)).toHaveLength(100);
  });

  it('has what the collector does not get, and the line of what is lost says so', async () => {
    const away = await startReceiver();
    await away.close();
    const refusing = await startReceiver({ behaviour: { mode: 'status', status: 400 } });
    for (const { url } of [away, refusing]) {
      const traceFile = join(folder, `${new URL(url).port}.jsonl`);
      const { lines } = await runHost(
        { spans: 100, settings: { traceFile } },
        { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } },
      );

      expect(lines.at(-1)).toMatch(/^100 spans lost: 100 .*; all of them are in the trace file$/);
      expect(await spansIn(traceFile)).toHaveLength(100);
    }
    await refusing.close();
  });

  it('that is full has some of what the collector does not get', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    const away = await startReceiver();
    await away.close();
    const { lines } = await runHost(
      { spans: 5000, spansPerTrace: 10, settings: { traceFile, traceFileMaxMb: 1 } },
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: away.url } },
    );

    const written = (await spansIn(traceFile)).length;
    expect(written).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(
      new RegExp(`^5000 spans lost: 5000 .*; ${written} of them are in the trace file$`),
    );
  });

  it('keeps its lines whole when two processes append at once', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    const host = { spans: 20_000, spansPerTrace: 10, otlp: 'none', settings: { traceFile } } as const;
    await Promise.all([runHost(host), runHost(host)]);

    expect(new Set((await spansIn(traceFile)).map((span) => span.spanId)).size).toBe(40_000);
  });

  it('goes on in a line of its own behind one that was cut off', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    const stump = '{"resourceSpans":[{"scopeSp';
    await writeFile(traceFile, stump);
    const settings = { traceFile, traceFileMaxMb: 1 };
    const host = startHost({ spans: 10, otlp: 'none', end: 'commands', settings });
    await host.command('flush');
    await host.command('send 10');
    host.process.stdin.end();
    const { lines } = await host.result;

    expect(lines).toEqual([]);
    const [first, ...others] = (await readFile(traceFile, 'utf8')).split('\n');
    expect(first).toBe(stump);
    expect(others.at(-1)).toBe('');
    const whole = others.slice(0, -1).map((line) => decodeSpans(JSON.parse(line) as TracesData).length);
    expect(whole).toEqual([10, 10]);
  });

  it('that is a pipe is written as it comes', async () => {
    const traceFile = join(folder, 'pipe');
    execFileSync('mkfifo', [traceFile]);
    const reader = await open(traceFile, constants.O_RDWR | constants.O_NONBLOCK);
    const { lines } = await runHost({ spans: 10, otlp: 'none', settings: { traceFile } });
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(64 * 1024));
    await reader.close();

    expect(lines).toEqual([]);
    const text = buffer.toString('utf8', 0, bytesRead);
    expect(decodeSpans(JSON.parse(text) as TracesData)).toHaveLength(10);
  });

  it('that cannot be written is one line, and what was to go there alone is counted', async () => {
    await writeFile(join(folder, 'file'), '');
    const traceFile = join(folder, 'file', 'traces.jsonl');
    const result = await runHost({ spans: 2000, otlp: 'none', settings: { traceFile } });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([
      expect.stringMatching(/^the trace file is not written: E(NOTDIR|EXIST)/),
      '2000 spans lost: 2000 trace file not written',
    ]);
  });

  it('on a full disk is one line', async () => {
    const result = await runHost({ spans: 2000, otlp: 'none', settings: { traceFile: '/dev/full' } });

    expect(result.code).toBe(0);
    expect(result.lines).toEqual([
      expect.stringMatching(/^the trace file is not written: ENOSPC/),
      '2000 spans lost: 2000 trace file not written',
    ]);
  });

  it.each(['a pipe that nobody reads', 'where there can be no folder'])('%s is one line', async (where) => {
    const traceFile = where.startsWith('a pipe') ? join(folder, 'pipe') : '/proc/none/traces.jsonl';
    if (where.startsWith('a pipe')) execFileSync('mkfifo', [traceFile]);
    const result = await runHost({ spans: 100, otlp: 'none', end: 'process.exit', settings: { traceFile } });

    expect(result).toMatchObject({ code: 7, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([
      expect.stringMatching(/^the trace file is not written: EN(XIO|OENT)/),
      '100 spans lost: 100 trace file not written',
    ]);
  });

  it('stops at its limit, whole lines only, whoever wrote what is there; one line says so', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    await writeFile(traceFile, `${JSON.stringify({ resourceSpans: [], padding: 'x'.repeat(600_000) })}\n`);
    const settings = { traceFile, traceFileMaxMb: 1 };
    const result = await runHost({ spans: 5000, spansPerTrace: 10, otlp: 'none', settings });

    const written = (await spansIn(traceFile)).length;
    expect(written).toBeGreaterThan(0);
    expect((await stat(traceFile)).size).toBeLessThanOrEqual(1_000_000);
    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([
      'the trace file is not written: it is full, 1 MB, as GRANTS_OTEL_TRACE_FILE_MAX_MB says',
      `${5000 - written} spans lost: ${5000 - written} past GRANTS_OTEL_TRACE_FILE_MAX_MB`,
    ]);
  });

  it('stops at its limit together with another process', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    const settings = { traceFile, traceFileMaxMb: 2 };
    const host = { spans: 5000, spansPerTrace: 10, otlp: 'none', settings } as const;
    const results = await Promise.all([runHost(host), runHost(host)]);

    const batchBytes = 512 * 1000;
    expect((await stat(traceFile)).size).toBeLessThan(2_000_000 + batchBytes);
    expect((await spansIn(traceFile)).length).toBeLessThan(10_000);
    for (const { lines } of results) expect(lines[0]).toMatch(/^the trace file is not written: it is full/);
  });

  it('is written again once it was moved away', async () => {
    const traceFile = join(folder, 'traces.jsonl');
    await writeFile(traceFile, `{"padding":"${'x'.repeat(999_980)}"}\n`);
    const host = startHost(
      { spans: 10, otlp: 'none', end: 'commands', settings: { traceFile, traceFileMaxMb: 1 } },
      {},
    );
    await host.command('flush');
    await rename(traceFile, join(folder, 'old.jsonl'));
    await host.command('send 10');
    host.process.stdin.end();
    const { lines } = await host.result;

    expect(await spansIn(traceFile)).toHaveLength(10);
    expect(lines).toEqual([
      'the trace file is not written: it is full, 1 MB, as GRANTS_OTEL_TRACE_FILE_MAX_MB says',
      'the trace file is written again, without 10 spans',
      '10 spans lost: 10 past GRANTS_OTEL_TRACE_FILE_MAX_MB',
    ]);
  });

  it('is told once to be written again, with what it lacks, and not of every short while that it is not', async () => {
    const receiver = await startReceiver();
    const inTheWay = join(folder, 'file');
    const traceFile = join(inTheWay, 'traces.jsonl');
    await writeFile(inTheWay, '');
    const host = startHost(
      { spans: 10, end: 'commands', settings: { traceFile } },
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } },
    );
    const sendTen = async () => {
      await host.command('send 10');
      await host.command('flush');
    };
    await host.command('flush');
    await sendTen();
    await rm(inTheWay);
    await sendTen();
    await sendTen();
    await rename(inTheWay, join(folder, 'moved'));
    await writeFile(inTheWay, '');
    await sendTen();
    await rm(inTheWay);
    await sendTen();
    host.process.stdin.end();
    const { lines } = await host.result;
    await receiver.close();

    expect(await spansIn(join(folder, 'moved', 'traces.jsonl'))).toHaveLength(20);
    expect(await spansIn(traceFile)).toHaveLength(10);
    expect(lines).toEqual([
      expect.stringMatching(/^the trace file is not written: E(NOTDIR|EXIST)/),
      'the trace file is written again, without 20 spans',
    ]);
  });
});
