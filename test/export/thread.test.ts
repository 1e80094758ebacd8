import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runHost, startHost } from './hosts/run-host.js';
import { withoutThreads } from './hosts/without-threads.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
const uniqueIds = () => new Set(receiver.spans().map((span) => span.spanId)).size;

describe('the export thread', () => {
  it('is replaced when it is killed, and nothing is lost', async () => {
    const result = await runHost({ spans: 5000, end: 'terminate the worker' }, { env: env() });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([
      expect.stringMatching(/^the export thread ended .*; another one takes over$/),
    ]);
    expect(uniqueIds()).toBe(5000);
  });

  it('is replaced when it is killed at the very end, where no event tells of it', async () => {
    const result = await runHost(
      { spans: 5000, end: 'terminate the worker, then exit', exitTimeoutMs: 50_000 },
      { env: env() },
    );

    expect(result).toMatchObject({ code: 7, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual(['the export thread ended (it was ended); another one takes over']);
    expect(uniqueIds()).toBe(5000);
  });

  it('is waited for in a flush that may take longer than a timer can', async () => {
    receiver.behave({ mode: 'late', afterMs: 300 });
    const result = await runHost({ spans: 100, end: 'flush', exitTimeoutMs: 3_000_000_000 }, { env: env() });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\nheld 0\n', stderr: '' });
  });

  it('does not keep the host alive while the collector is away', async () => {
    await receiver.close();
    const host = startHost(
      { spans: 10, end: 'commands' },
      { env: { ...env(), OTEL_BSP_SCHEDULE_DELAY: '1' } },
    );
    await host.command('flush');
    host.process.stdin.end();

    expect((await host.result).code).toBe(0);
  });

  it('does not run what NODE_OPTIONS preloads', async () => {
    const preload = join(tmpdir(), `preload-${process.pid}.cjs`);
    await writeFile(preload, "require('node:fs').writeSync(1, 'preloaded\\n');");
    const result = await runHost({ spans: 10 }, { env: { ...env(), NODE_OPTIONS: `--require ${preload}` } });

    expect(result.stdout).toBe('preloaded\nhello\n');
    expect(uniqueIds()).toBe(10);
  });

  it('that dies again and again: the main thread takes over, and nothing is lost', async () => {
    const result = await runHost({ spans: 5000, end: 'terminate every worker' }, { env: env() });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', otherStderr: '' });
    expect(result.lines).toEqual([
      expect.stringMatching(/^the export thread ended .*; another one takes over$/),
      expect.stringMatching(/^the export thread ended .*; another one takes over$/),
      expect.stringMatching(/^the export thread ended .*; the main thread takes over$/),
    ]);
    expect(uniqueIds()).toBe(5000);
  });
});

describe('where there can be no thread', () => {
  const noThread = 'no worker thread (ERR_ACCESS_DENIED); traces are exported from the main thread';

  it('the main thread exports, and one line says so', async () => {
    const result = await runHost({ spans: 600 }, { env: env(), nodeArgs: withoutThreads });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', otherStderr: '', lines: [noThread] });
    expect(uniqueIds()).toBe(600);
  });

  it('a collector that is away does not keep the host', async () => {
    await receiver.close();
    const result = await runHost({ spans: 600 }, { env: env(), nodeArgs: withoutThreads });

    expect(result.code).toBe(0);
    expect(result.lines).toEqual([
      noThread,
      expect.stringMatching(/^traces do not reach the collector: connect ECONNREFUSED/),
      expect.stringMatching(/^600 spans lost: 600 connect ECONNREFUSED/),
    ]);
  });

  it('a collector that asks for a long wait is asked once more at the end', async () => {
    receiver.behave((index) =>
      index === 0 ? { mode: 'status', status: 429, retryAfter: '100000' } : { mode: 'ok' },
    );
    const host = startHost({ spans: 100, end: 'commands' }, { env: env(), nodeArgs: withoutThreads });
    expect(await host.command('flush')).toBe(100);
    host.process.stdin.end();
    await host.result;

    expect(uniqueIds()).toBe(100);
    expect(receiver.requests).toHaveLength(2);
  });

  it('what is held at process.exit is lost, and one line says how much', async () => {
    const result = await runHost(
      { spans: 600, end: 'process.exit' },
      { env: env(), nodeArgs: withoutThreads },
    );

    expect(result).toMatchObject({ code: 7, stdout: 'hello\n' });
    expect(result.lines).toEqual([noThread, '600 spans lost: 600 not out when the process ended']);
  });

  it('nobody misses it where spans go nowhere', async () => {
    const result = await runHost({ spans: 600, otlp: 'none' }, { env: env(), nodeArgs: withoutThreads });

    expect(result).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
    expect(receiver.requests).toEqual([]);
  });
});
