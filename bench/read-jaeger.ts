// `grants-otel slow` on a Jaeger that holds 10,000 traces of 20 spans, against a process that fetches the very same answers and throws the
// bytes away, in turn: `npm run build && npx tsx bench/read-jaeger.ts [--store memory|badger] [--traces 10000] [--runs 5]`. Starts a Jaeger
// of its own, or asks a running one (which it fills): `--query http://127.0.0.1:16686 --otlp http://127.0.0.1:4318`.
import { spawn } from 'node:child_process';
import { arch, cpus, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startJaeger } from '../test/support/jaeger/server.js';
import { type OtlpSpan, otlpBatch, otlpSpan, slowEvent } from '../test/traces/otlp-spans.js';
import { median } from './median.js';

const SPANS_PER_TRACE = 20;
const TRACES_PER_BATCH = 100;
const SERVICE = `bench-${process.pid}`;

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'memory' },
    traces: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
    query: { type: 'string' },
    otlp: { type: 'string' },
  },
});
const traceCount = Number(values.traces);

/** An event's trace as the exporter sends one: every span with the ids, every second one a statement. */
function makeTrace(startUnixMs: number): OtlpSpan[] {
  const event = slowEvent({
    startUnixMs,
    attributes: {
      contractName: 'Strategy',
      blockNumber: 260_000_000,
      logIndex: 12,
      transactionHash: `0x${'ab'.repeat(32)}`,
      donorAddress: `0x${'Cd'.repeat(20)}`,
      amount: '1000000000000000000',
    },
  });
  const steps = Array.from({ length: SPANS_PER_TRACE - 1 }, (_, at) =>
    otlpSpan({
      traceId: event.traceId,
      parentSpanId: event.spanId,
      name: at % 2 === 0 ? 'InsertDonation' : 'pg.query:INSERT grants',
      startUnixMs: startUnixMs + at,
      durationMs: 20,
      attributes: {
        chainId: 42161,
        roundId: '27',
        applicationId: '3',
        ...(at % 2 === 0
          ? {}
          : {
              'db.system.name': 'postgresql',
              'db.namespace': 'grants',
              'server.address': 'localhost',
              'server.port': 5432,
              'db.query.text':
                'INSERT INTO donations (id, chain_id, round_id, application_id, amount) VALUES ($1, $2, $3, $4, $5)',
            }),
      },
    }),
  );
  return [event, ...steps];
}

async function fill(otlp: string): Promise<void> {
  const firstUnixMs = Date.now() - 50 * 60_000;
  const stepMs = (45 * 60_000) / traceCount;
  for (let from = 0; from < traceCount; from += TRACES_PER_BATCH) {
    const spans = Array.from({ length: Math.min(TRACES_PER_BATCH, traceCount - from) }, (_, at) =>
      makeTrace(firstUnixMs + (from + at) * stepMs),
    ).flat();
    const response = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpBatch(spans, SERVICE)),
    });
    if (!response.ok) throw new Error(`Jaeger took no spans: ${response.status}`);
  }
}

interface Run {
  readonly seconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], stdin = ''): Promise<Run> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { env: { PATH: process.env['PATH'] } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', () => resolve({ seconds: (performance.now() - startedMs) / 1000, stdout, stderr }));
    child.stdin.end(stdin);
  });
}

function here(file: string): string {
  return new URL(file, import.meta.url).pathname;
}

function readWith(preload: string, query: string): Promise<Run> {
  return run(['--import', here(preload), 'dist/src/cli/main.js', 'slow', query, '--service', SERVICE]);
}

async function measure(query: string): Promise<void> {
  const asked = await readWith('./report-requests.mjs', query);
  const addresses = [...asked.stderr.matchAll(/^asked=(.*)$/gm)].map(([, address]) => address);
  const matched = /^(\d+) slow events matched/m.exec(asked.stdout)?.[1];
  console.log(`${addresses.length} requests, ${matched} events found of ${traceCount}`);
  const bare: number[] = [];
  const read: number[] = [];
  for (let at = 0; at < Number(values.runs); at++) {
    const fetched = await run([here('./fetch-only.mjs')], addresses.join('\n'));
    const whole = await readWith('./report-memory.mjs', query);
    bare.push(fetched.seconds);
    read.push(whole.seconds);
    const megabytes = (Number(fetched.stdout) / 2 ** 20).toFixed(0);
    const memory = /max-rss-mb=(\d+)/.exec(whole.stderr)?.[1];
    console.log(
      `fetched ${fetched.seconds.toFixed(2)} s (${megabytes} MB), read ${whole.seconds.toFixed(2)} s, ${(whole.seconds / fetched.seconds).toFixed(2)} times, ${memory} MB at most`,
    );
  }
  console.log(
    `median: fetched ${median(bare).toFixed(2)} s, read ${median(read).toFixed(2)} s, ${(median(read) / median(bare)).toFixed(2)} times`,
  );
}

async function waitUntilFilled(query: string): Promise<void> {
  for (let at = 0; at < 60; at++) {
    const { stdout } = await readWith('./report-memory.mjs', query);
    if (stdout.includes(`${traceCount} slow events matched`)) return;
    await pause(1000);
  }
  throw new Error('Jaeger does not show all that it was sent');
}

const own =
  values.query === undefined ? await startJaeger({ store: values.store as 'memory' | 'badger' }) : undefined;
try {
  const { query = values.query ?? '', otlp = values.otlp ?? '' } = own ?? {};
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GB, ${arch()}, Node ${process.version}; ${own ? `Jaeger, ${values.store} store` : query}`,
  );
  await fill(otlp);
  await waitUntilFilled(query);
  await measure(query);
} finally {
  await own?.close();
}
