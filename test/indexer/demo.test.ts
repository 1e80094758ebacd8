import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { deadUrl } from '../support/dead-url.js';
import { describeWith, freshDatabase, jaegerUrls } from '../support/servers.js';
import { otlpBatch, slowEvent } from '../traces/otlp-spans.js';
import { temporaryFile, temporaryFolder } from './fixtures.js';

// It indexes 1,500 donations: seconds on a quiet machine.
vi.setConfig({ testTimeout: 240_000 });

async function runDemo(
  env: Record<string, string>,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['dist/src/indexer/demo.js'], { env: { ...process.env, ...env } });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

describeWith(['postgres'], 'npm start', () => {
  it('indexes the samples and shows why events were slow, and the second time finds nothing new', async () => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const earlier = slowEvent({ name: 'Allo.OfAnEarlierRun', durationMs: 3_600_000 });
    const traceFile = temporaryFile('traces.jsonl', `${JSON.stringify(otlpBatch([earlier]))}\n`);
    const endpoint = await deadUrl();
    const env = {
      DATABASE_URL: database.url,
      GRANTS_OTEL_TRACE_FILE: traceFile,
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    };
    const { host, pathname, password } = new URL(database.url);

    const first = await runDemo(env);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain(`Indexing samples/ into PostgreSQL at ${host}${pathname}.\n`);
    expect(first.stdout).toContain(`Traces go to ${traceFile} only: nothing answers at ${endpoint}.\n`);
    expect(first.stdout).toContain(
      'Slow is what takes 1 ms or more (GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS; 500 outside',
    );
    expect(first.stdout).toMatch(/^ {2}donations +1,500$/m);
    expect(first.stdout).toMatch(
      /^grants-otel: slow \w+\.\w+ ms=\d+ threshold=1 chainId=\d+ .*traceId=[0-9a-f]{32}$/m,
    );
    // Which ones are the slowest is up to the machine.
    expect(first.stdout).toMatch(/ (?:Strategy|Allo)\.\w+ +(10|42161) +(12|27|31) /);
    expect(first.stdout).not.toContain('Allo.OfAnEarlierRun');
    expect(first.stdout).toContain('npm run jaeger');
    if (password) expect(first.stdout).not.toContain(password);

    const second = await runDemo(env);
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second.stdout).toMatch(/^Nothing new: all 1568 events were taken before/m);
    expect(second.stdout).toContain(`Their traces: node dist/src/cli/main.js slow ${traceFile}`);
    const other = { GRANTS_OTEL_TRACE_FILE: join(temporaryFolder(), 'traces.jsonl') };
    expect((await runDemo({ ...env, ...other })).stdout).not.toContain('Their traces');
    // A run of more than a second tells how far it is.
    expect(second.stdout).not.toMatch(/^ {2}donations/m);
  });
});

describeWith(['postgres'], 'npm start by the standard variables', () => {
  it.each([
    [
      { OTEL_TRACES_EXPORTER: 'none' },
      'Traces go to',
      ' only: OTEL_TRACES_EXPORTER=none.',
      'unset OTEL_TRACES_EXPORTER, npm run jaeger, then index again, into an empty database',
    ],
    [
      { OTEL_SDK_DISABLED: 'true' },
      'Nothing is traced',
      ': OTEL_SDK_DISABLED=true.',
      'To see traces, unset OTEL_SDK_DISABLED, and index again, into an empty database',
    ],
  ])('says where the traces go with %j', async (variable, begin, end, next) => {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const { exitCode, stdout, stderr } = await runDemo({
      DATABASE_URL: database.url,
      GRANTS_OTEL_TRACE_FILE: join(temporaryFolder(), 'traces.jsonl'),
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: await deadUrl(),
      ...variable,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').find((line) => line.startsWith(begin))).toMatch(new RegExp(`${end}$`));
    expect(stdout).toContain(next);
  });
});

describeWith(['postgres', 'jaeger'], 'npm start with a Jaeger', () => {
  async function demoWith(variables: Record<string, string>): Promise<string> {
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    const { exitCode, stdout, stderr } = await runDemo({
      DATABASE_URL: database.url,
      GRANTS_OTEL_TRACE_FILE: join(temporaryFolder(), 'traces.jsonl'),
      GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: jaegerUrls().otlp,
      ...variables,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  }

  it('sends the traces there too, and says where to look at them, or how to ask for them', async () => {
    const { query } = jaegerUrls();
    const service = 'npm-start-test';
    const stdout = await demoWith({ GRANTS_OTEL_JAEGER_URL: query, OTEL_SERVICE_NAME: service });
    const page = await fetch(`${query}/search`);
    const hasPages = !(await page.text()).includes('not compiled with the UI assets');
    const tags = 'tags=%7B%22slow%22%3A%22true%22%7D';
    expect(stdout).toContain(
      hasPages ? `${query}/search?service=${service}&${tags}\n` : `node dist/src/cli/main.js slow ${query}\n`,
    );
    const answer = await fetch(`${query}/api/traces?service=${service}&${tags}`);
    const { data } = (await answer.json()) as { data: unknown[] };
    expect(data.length).toBeGreaterThan(0);
  });

  it('says where to look at them in one that has pages', async () => {
    const pages = createServer((_, response) => response.end('<title>Jaeger UI</title>'));
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    onTestFinished(() => void pages.close());
    const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    const stdout = await demoWith({ GRANTS_OTEL_JAEGER_URL: `${url}/`, OTEL_SERVICE_NAME: 'npm-start-test' });
    expect(stdout).toContain(`${url}/search?service=npm-start-test&tags=%7B%22slow%22%3A%22true%22%7D\n`);
  });
});
