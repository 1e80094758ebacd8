// Donations a second of an indexer that calls nothing of ours, the look-alike in test/methods/, on PostgreSQL with fsync on: untraced, with every
// trace kept, the same by protobuf, and with one in a hundred, all at the same time in turns: `npm run build && npx tsx bench/methods.ts [--runs 5] [--donations 2000]`.
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
import { type RunOptions, runNode } from '../test/support/run-node.js';
import { cpuSeconds } from './cpu-seconds.mjs';
import { inTurns } from './in-turns.js';
import { median } from './median.js';

interface Run {
  readonly perSecond: number;
  /** Of the main thread, start included. */
  readonly cpuMsPerDonation: number;
  /** Of Jaeger, in the turns of the run. */
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

/** All kinds once, in turns; `index` says which comes first. */
async function runRound(index: number): Promise<Map<string, Run>> {
  const kinds = Object.keys(KINDS);
  const order = kinds.map((_, at) => kinds[(at + index) % kinds.length] ?? '');
  // What it has stored costs a Jaeger more with every run.
  await jaeger?.restart();
  const turns = await inTurns(index, {
    serverUrl: postgres.url,
    kinds: order,
    prepare: fillDatabase,
    run: runKind,
    meter: () => (jaeger ? cpuSeconds(`/proc/${jaeger.pid()}/stat`) : Number.NaN),
  });
  const round = new Map<string, Run>();
  for (const [kind, { result, perSecond, metered }] of turns) {
    round.set(kind, {
      perSecond,
      cpuMsPerDonation: (result * 1000) / donations,
      jaegerCpuMsPerDonation: (metered * 1000) / donations,
    });
  }
  return round;
}

/** Resolves to the main thread's CPU time, in s. */
async function runKind(
  kind: string,
  { url, onStart }: { url: string; onStart: NonNullable<RunOptions['onStart']> },
): Promise<number> {
  const { preload = [], env = {} } = KINDS[kind] ?? {};
  const reportCpu = new URL('./report-cpu.mjs', import.meta.url).pathname;
  const { code, stderr } = await runNode(
    [...preload, '--require', reportCpu, workspace.entry, url, events, BATCH_SIZE],
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger?.otlp ?? receiver?.url ?? '', ...env }, onStart },
  );
  if (code !== 0) throw new Error(`expected the look-alike to end with 0, found ${code}: ${stderr}`);
  return Number(/main-thread-seconds=([\d.]+)/.exec(stderr)?.[1]);
}

try {
  const rounds: Map<string, Run>[] = [];
  for (let index = 0; index < runs; index++) {
    const round = await runRound(index);
    rounds.push(round);
    for (const [kind, run] of round) {
      console.log(
        `${kind.padEnd(21)} ${run.perSecond.toFixed(0)} donations/s, ${run.cpuMsPerDonation.toFixed(2)} ms of CPU each, ${run.jaegerCpuMsPerDonation.toFixed(2)} of Jaeger's`,
      );
    }
  }
  console.log(
    '\n| | donations/s | of untraced, by rounds | main-thread CPU, ms a donation | Jaeger, ms a donation |\n| --- | --: | --: | --: | --: |',
  );
  for (const kind of Object.keys(KINDS)) {
    const of = (what: keyof Run, name = kind) => rounds.map((round) => round.get(name)?.[what] ?? Number.NaN);
    const untraced = of('perSecond', 'untraced');
    const ratios = of('perSecond').map((perSecond, index) => perSecond / (untraced[index] ?? Number.NaN));
    console.log(
      `| ${kind} | ${median(of('perSecond')).toFixed(0)} | ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}) | ${median(of('cpuMsPerDonation')).toFixed(2)} | ${median(of('jaegerCpuMsPerDonation')).toFixed(2)} |`,
    );
  }
  const { rows } = await admin.query<{ version: string }>('SELECT version()');
  console.log(
    `\n${donations} donations, medians of ${runs} rounds, in each all of them at the same time, in turns of half a second; spans to ${jaeger ? 'a Jaeger' : 'a receiver in the same process as this script'}; ` +
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
