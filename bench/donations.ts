// Donations a second of the reference indexer on PostgreSQL with fsync on, traced and not, in one interleaved run:
// `npm run build && npx tsx bench/donations.ts [--runs 5] [--donations 2000]`. Starts a PostgreSQL and, where there is one, a Jaeger of its
// own; without one the spans go to a receiver in this process, and the line says so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { arch, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { makeAlloEvents } from '../test/support/allo-events.mjs';
import { writeFiles } from '../test/support/envio-mock.mjs';
import { startJaeger } from '../test/support/jaeger/server.js';
import { startReceiver } from '../test/support/otlp-receiver.js';
import { startPostgres } from '../test/support/postgres.js';
import { runNode } from '../test/support/run-node.js';

interface Run {
  readonly donationsPerSecond: number;
  /** Of the whole process, tracing's worker included. */
  readonly cpuSeconds: number;
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, donations: { type: 'string', default: '2000' } },
});
const runs = Number(values.runs);
const donations = Number(values.donations);

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function makeEvents(folder: string): string[] {
  const made = makeAlloEvents({
    seed: 7,
    chains: [
      {
        chainId: 42161,
        firstBlock: 260_000_000,
        startSeconds: 1_728_000_000,
        rounds: [{ id: 1, applications: 20, donations }],
      },
    ],
  });
  writeFiles(folder, made);
  return [
    join(folder, 'events.ndjson'),
    '--ipfs',
    join(folder, 'ipfs'),
    '--prices',
    join(folder, 'prices.ndjson'),
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'grants-otel-bench-'));
const postgres = await startPostgres({ settings: { fsync: 'on' } });
const jaeger = await startJaeger().catch(() => undefined);
const receiver = jaeger ? undefined : await startReceiver();
const admin = new pg.Pool({ connectionString: postgres.url, max: 1 });
const args = makeEvents(folder);

async function runOnce(name: string, preload: readonly string[]): Promise<Run> {
  const database = `bench_${name}`;
  await admin.query(`DROP DATABASE IF EXISTS ${database}`);
  await admin.query(`CREATE DATABASE ${database}`);
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  const { code, stdout, stderr } = await runNode(
    [
      ...preload,
      '--import',
      new URL('./report-cpu.mjs', import.meta.url).pathname,
      'dist/src/indexer/main.js',
      ...args,
      '--database-url',
      url.href,
    ],
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: jaeger?.otlp ?? receiver?.url ?? '',
        OTEL_SERVICE_NAME: `bench-${name}`,
      },
    },
  );
  if (code !== 0) throw new Error(`expected the indexer to end with 0, found ${code}: ${stderr}`);
  const seconds = Number(/seconds\s+([\d.]+)/.exec(stdout + stderr)?.[1]);
  const cpuSeconds = Number(/cpu-seconds=([\d.]+)/.exec(stderr)?.[1]);
  return { donationsPerSecond: donations / seconds, cpuSeconds };
}

try {
  const plain: Run[] = [];
  const traced: Run[] = [];
  await runOnce('warm_up', []);
  for (let index = 0; index < runs; index++) {
    const turns: [Run[], string, string[]][] = [
      [plain, `plain_${index}`, []],
      [traced, `traced_${index}`, ['--require', './instrumentation']],
    ];
    for (const [results, name, preload] of index % 2 === 0 ? turns : turns.reverse()) {
      const run = await runOnce(name, preload);
      results.push(run);
      console.log(
        `${name.padEnd(10)} ${run.donationsPerSecond.toFixed(0)} donations/s, ${run.cpuSeconds.toFixed(2)} s of CPU`,
      );
    }
  }
  const ratios = traced.map(
    (run, index) => run.donationsPerSecond / (plain[index]?.donationsPerSecond ?? Number.NaN),
  );
  const { rows } = await admin.query<{ version: string }>('SELECT version()');
  console.log(
    [
      '',
      `${donations} donations, ${runs} runs of each, interleaved; spans to ${jaeger ? 'a Jaeger' : 'a receiver in the same process as this script'}`,
      `untraced: ${median(plain.map((run) => run.donationsPerSecond)).toFixed(0)} donations/s (median), ${median(plain.map((run) => run.cpuSeconds)).toFixed(2)} s of CPU`,
      `traced:   ${median(traced.map((run) => run.donationsPerSecond)).toFixed(0)} donations/s (median), ${median(traced.map((run) => run.cpuSeconds)).toFixed(2)} s of CPU`,
      `traced / untraced: ${median(ratios).toFixed(3)} (median of ${runs} pairs; ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
      `on ${cpus().length} × ${cpus()[0]?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${rows[0]?.version.split(' on ')[0]}, fsync on, ${execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim()}`,
    ].join('\n'),
  );
} finally {
  await admin.end();
  await receiver?.close();
  await jaeger?.close();
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
}
