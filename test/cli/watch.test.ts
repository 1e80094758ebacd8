import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLegacyJaeger, startServer, type TestServer } from '../traces/jaeger-servers.js';
import { type OtlpSpan, otlpBatch, slowEvent } from '../traces/otlp-spans.js';
import { type RunningCli, startCli } from './follow-cli.js';
import { linesOf, runCli } from './run-cli.js';
import { createTraceFolder, event, linesFor, type TraceFolder } from './trace-files.js';

let folder: TraceFolder;
const running: RunningCli[] = [];
const servers: TestServer[] = [];
beforeAll(() => {
  folder = createTraceFolder();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((cli) => cli.end('SIGKILL')));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => folder.remove());

/** Starts to watch, and waits until what comes from now on is news. */
async function watching(...args: readonly string[]): Promise<RunningCli> {
  const cli = startCli(['watch', ...args]);
  running.push(cli);
  await cli.until('stderr', 'interrupt (Ctrl-C) to end');
  return cli;
}

describe('grants-otel watch', () => {
  it('tells of slow events as they are written, once each, until interrupted', async () => {
    const path = folder.write('grows.jsonl', linesFor([slowEvent()]));
    const cli = await watching(path);
    const first = slowEvent({ durationMs: 812.25 });
    appendFileSync(path, linesFor([first, event()]) + linesFor([first]).slice(0, 50));
    await cli.until('stdout', first.traceId);
    const second = slowEvent({ name: 'Allo.Pool\u001b[31mCreated' });
    appendFileSync(path, linesFor([first]).slice(50) + linesFor([second]));
    await cli.until('stdout', second.traceId);
    expect(await cli.end('SIGINT')).toEqual({ exitCode: 0, signal: null });
    expect(linesOf(cli.stdout())).toEqual([
      `2024-10-04T12:00:00.000Z Strategy.AllocatedWithOrigin ms=812.3 threshold=500 chainId=42161 roundId=27 applicationId=3 cause="InsertDonation > pg.query:INSERT grants" share=75% trace=${first.traceId}`,
      expect.stringMatching(/^2024-10-04T12:00:00.000Z "Allo.Pool\\\\u001b\[31mCreated" ms=812.0 /),
    ]);
  });

  it('follows a file that is not there yet, is truncated, replaced, or goes away', async () => {
    const path = join(folder.path, 'comes.jsonl');
    const cli = await watching(path, '--json');
    await cli.until('stderr', `${path} is not there; waiting for it`);
    const events = Array.from({ length: 4 }, () => slowEvent());
    const tell = async (at: number, write: (lines: string) => void): Promise<void> => {
      write(linesFor(events.slice(at, at + 1)));
      await cli.until('stdout', events[at]?.traceId ?? '');
    };
    await tell(0, (lines) => writeFileSync(path, `${lines}\n\n\n`));
    await tell(1, (lines) => writeFileSync(path, lines));
    await cli.until('stderr', 'was truncated');
    await tell(2, (lines) => renameSync(folder.write('new.jsonl', lines), path));
    await cli.until('stderr', 'is another file now');
    rmSync(path);
    await tell(3, (lines) => writeFileSync(path, lines));
    expect(await cli.end('SIGTERM')).toEqual({ exitCode: 0, signal: null });
    const told = linesOf(cli.stdout()).map((line) => (JSON.parse(line) as { traceId: string }).traceId);
    expect(told).toEqual(events.map(({ traceId }) => traceId));
  });

  it('tells what began since a moment, and ends after as many as asked for', async () => {
    const now = Date.now();
    const events = [90, 50, 10].map((minutes) => slowEvent({ startUnixMs: now - minutes * 60_000 }));
    const path = folder.write('since.jsonl', linesFor(events));
    const { exitCode, stdout } = await runCli([
      'watch',
      path,
      '--since',
      '1h',
      '--limit',
      '2',
      '--format',
      'csv',
    ]);
    expect(exitCode).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\r\n');
    expect(head).toMatch(/^timestamp,eventType,/);
    expect(rows.map((row) => row.split(',').find((cell) => /^[0-9a-f]{32}$/.test(cell)))).toEqual(
      events.slice(1).map(({ traceId }) => traceId),
    );
  });

  it('follows the standard input to its end', async () => {
    const { exitCode, stdout } = await runCli(['watch', '-'], { stdin: linesFor([slowEvent()], [event()]) });
    expect(linesOf(stdout)).toHaveLength(1);
    expect(exitCode).toBe(0);
  });

  it('asks a Jaeger again and again, tells each span once, and of an outage once', async () => {
    const traces: { spans: OtlpSpan[] }[] = [{ spans: [slowEvent({ startUnixMs: Date.now() - 60_000 })] }];
    let isAway = false;
    const jaeger = await startLegacyJaeger({
      traces,
      v3Answer: (_request, response) => response.writeHead(404).end(),
    });
    servers.push(jaeger);
    const { createServer, request: ask } = await import('node:http');
    const front = createServer((request, response) => {
      if (isAway) return void response.destroy();
      const asked = ask(`${jaeger.url}${request.url}`, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      asked.end();
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(front.address() as { port: number }).port}`;
    try {
      const cli = await watching(url);
      const events = [1, 2].map(() => slowEvent({ startUnixMs: Date.now(), durationMs: 600 }));
      traces.push({ spans: events.slice(0, 1) });
      await cli.until('stdout', events[0]?.traceId ?? '');
      isAway = true;
      await cli.until('stderr', '; asking on');
      traces.push({ spans: events.slice(1) });
      isAway = false;
      await cli.until('stdout', events[1]?.traceId ?? '');
      expect(await cli.end('SIGINT')).toEqual({ exitCode: 0, signal: null });
      expect(linesOf(cli.stdout())).toHaveLength(2);
      expect(cli.stdout()).toContain(
        `trace="${url}/trace/${events[0]?.traceId}?uiFind=${events[0]?.spanId}"`,
      );
      expect(linesOf(cli.stderr()).slice(1)).toEqual([
        expect.stringMatching(/; asking on$/),
        `grants-otel: ${url} answers again`,
      ]);
    } finally {
      front.close();
      front.closeAllConnections();
    }
  });

  it('tells what a Jaeger has that answers in part, and that it is a part', async () => {
    const batch = otlpBatch([slowEvent({ startUnixMs: Date.now() - 60_000 })]);
    const body = `${JSON.stringify({ result: batch })}\n{"error":{"message":"deadline exceeded"}}\n`;
    const jaeger = await startServer((_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    servers.push(jaeger);
    const { exitCode, stdout, stderr } = await runCli(['watch', jaeger.url, '--since', '1h', '--limit', '1']);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stderr).toContain(`grants-otel: ${jaeger.url}: answered in part: deadline exceeded\n`);
    expect(exitCode).toBe(0);
  });

  it('says that a folder cannot be followed, and exits with 3', async () => {
    const { exitCode, stderr } = await runCli(['watch', folder.path]);
    expect(linesOf(stderr).at(-1)).toMatch(/cannot be read: EISDIR/);
    expect(exitCode).toBe(3);
  });
});
