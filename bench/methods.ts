// Donations a second of an indexer that calls nothing of ours, the look-alike in test/methods/, on PostgreSQL with fsync on: untraced, with every
// trace kept, the same by protobuf, and with one in a hundred, in one interleaved run: `npm run build && npx tsx bench/methods.ts [--runs 5] [--donations 2000]`.
// Starts a PostgreSQL and a Jaeger of its own; without a Jaeger the spans go to a receiver in this process, and the line says so.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { allocated, fillDatabase, makeWorkspace, USDC } from '../test/methods/workspace.js';
import { startJaeger } from '../test/support/jaeger/server.js';
import { startReceiver } from '../test/support/otlp-receiver.js';
import { startPostgres } from '../test/support/postgres.js';
import { runNode } from '../test/support/run-node.js';
import { cpuSeconds } from './cpu-seconds.mjs';

interface Run {
  readonly perSecond: number;
  /** Of the main thread, start included. */
  readonly cpuMsPerDonation: number;
  /** Of Jaeger, by the end of the run. */
  readonly jaegerCpuMsPerDonation: number;
}

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, donations: { type: 'string', default: '2000' } },
});
const runs = Number(values.runs);
const donations = Number(values.donations);
const BATCH_SIZE = '500';
const PRELOAD = ['--require', './instrumentation'];
const KINDS: Record<string, { preload: string[]; env: Record<string, string> }> = {
  untraced: { preload: [], env: {} },
  'every trace': { preload: PRELOAD, env: {} },
  'every trace, protobuf': { preload: PRELOAD, env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' } },
  'one in a hundred': { preload: PRELOAD, env: { GRANTS_OTEL_KEEP_RATIO: '0.01' } },
};

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const folder = mkdtempSync(join(tmpdir(), 'grants-otel-bench-'));
const events = join(folder, 'events.json');
writeFileSync(
  events,
  JSON.stringify({
    42161: Array.from({ length: donations }, (_, index) =>
      allocated({ application: [0, 1, 3][index % 3] ?? 0, ...(index % 2 === 0 ? {} : { token: USDC }) }),
    ),
  }),
);
const workspace = await makeWorkspace();
const postgres = await startPostgres({ settings: { fsync: 'on' } });
const jaeger = await startJaeger().catch(() => undefined);
const receiver = jaeger ? undefined : await startReceiver();
const admin = new pg.Pool({ connectionString: postgres.url, max: 1 });

async function runOnce(name: string, kind: string): Promise<Run> {
  const { preload = [], env = {} } = KINDS[kind] ?? {};
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  await fillDatabase(url.href);
  // What it has stored costs a Jaeger more with every run.
  await jaeger?.restart();
  const jaegerCpu = () => cpuSeconds(`/proc/${jaeger?.pid()}/stat`);
  const jaegerCpuBefore = jaegerCpu();
  const reportCpu = new URL('./report-cpu.mjs', import.meta.url).pathname;
  const { code, stderr } = await runNode(
    [...preload, '--require', reportCpu, workspace.entry, url.href, events, BATCH_SIZE],
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger?.otlp ?? receiver?.url ?? '', ...env } },
  );
  const jaegerCpuSeconds = jaegerCpu() - jaegerCpuBefore;
  await admin.query(`DROP DATABASE ${name}`);
  if (code !== 0) throw new Error(`expected the look-alike to end with 0, found ${code}: ${stderr}`);
  const seconds = Number(/^seconds=([\d.]+)/m.exec(stderr)?.[1]);
  const mainThreadSeconds = Number(/main-thread-seconds=([\d.]+)/.exec(stderr)?.[1]);
  return {
    perSecond: donations / seconds,
    cpuMsPerDonation: (mainThreadSeconds * 1000) / donations,
    jaegerCpuMsPerDonation: (jaegerCpuSeconds * 1000) / donations,
  };
}

try {
  const results = new Map<string, Run[]>(Object.keys(KINDS).map((kind) => [kind, []]));
  await runOnce('warm_up', 'untraced');
  for (let index = 0; index < runs; index++) {
    const turns = [...results];
    for (const [kind, own] of index % 2 === 0 ? turns : turns.reverse()) {
      const run = await runOnce(`bench_${index}`, kind);
      own.push(run);
      console.log(
        `${kind.padEnd(21)} ${run.perSecond.toFixed(0)} donations/s, ${run.cpuMsPerDonation.toFixed(2)} ms of CPU each, ${run.jaegerCpuMsPerDonation.toFixed(2)} of Jaeger's`,
      );
    }
  }
  const untraced = results.get('untraced') ?? [];
  console.log(
    '\n| | donations/s | than untraced | main-thread CPU, ms a donation | Jaeger, ms a donation |\n| --- | --: | --: | --: | --: |',
  );
  for (const [kind, own] of results) {
    const ratios = own.map((run, index) => run.perSecond / (untraced[index]?.perSecond ?? Number.NaN));
    console.log(
      `| ${kind} | ${median(own.map((run) => run.perSecond)).toFixed(0)} | ${((median(ratios) - 1) * 100).toFixed(1)} % | ${median(own.map((run) => run.cpuMsPerDonation)).toFixed(2)} | ${median(own.map((run) => run.jaegerCpuMsPerDonation)).toFixed(2)} |`,
    );
  }
  const { rows } = await admin.query<{ version: string }>('SELECT version()');
  console.log(
    `\n${donations} donations, medians of ${runs} runs of each, interleaved; spans to ${jaeger ? 'a Jaeger' : 'a receiver in the same process as this script'}; ` +
      `${cpus().length} × ${cpus()[0]?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${rows[0]?.version.split(' on ')[0]}, fsync on`,
  );
} finally {
  await admin.end();
  await receiver?.close();
  await jaeger?.close();
  await postgres.close();
  await workspace.remove();
  rmSync(folder, { recursive: true, force: true });
}
