// Donations a second of the reference indexer on PostgreSQL with fsync on, traced and not, both at the same time in turns:
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
import { type RunOptions, runNode } from '../test/support/run-node.js';
import { inTurns } from './in-turns.js';
import { median } from './median.js';

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

const KINDS: Record<string, string[]> = { untraced: [], traced: ['--require', './instrumentation'] };

/** Resolves to the CPU time of the whole process, in s. */
async function runKind(
  kind: string,
  { url, onStart }: { url: string; onStart: NonNullable<RunOptions['onStart']> },
): Promise<number> {
  const { code, stderr } = await runNode(
    [
      ...(KINDS[kind] ?? []),
      '--import',
      new URL('./report-cpu.mjs', import.meta.url).pathname,
      'dist/src/indexer/main.js',
      ...args,
      '--database-url',
      url,
    ],
    { env: { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger?.otlp ?? receiver?.url ?? '' }, onStart },
  );
  if (code !== 0) throw new Error(`expected the indexer to end with 0, found ${code}: ${stderr}`);
  return Number(/cpu-seconds=([\d.]+)/.exec(stderr)?.[1]);
}

try {
  const plain: Run[] = [];
  const traced: Run[] = [];
  for (let index = 0; index < runs; index++) {
    const kinds = Object.keys(KINDS);
    if (index % 2 > 0) kinds.reverse();
    const turns = await inTurns(index, { serverUrl: postgres.url, kinds, run: runKind });
    for (const [kind, { result: cpuSeconds, perSecond: donationsPerSecond }] of turns) {
      const run: Run = { donationsPerSecond, cpuSeconds };
      (kind === 'traced' ? traced : plain).push(run);
      console.log(
        `${kind.padEnd(10)} ${run.donationsPerSecond.toFixed(0)} donations/s, ${run.cpuSeconds.toFixed(2)} s of CPU`,
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
      `${donations} donations, ${runs} rounds, in each both at the same time, in turns of half a second; spans to ${jaeger ? 'a Jaeger' : 'a receiver in the same process as this script'}`,
      `untraced: ${median(plain.map((run) => run.donationsPerSecond)).toFixed(0)} donations/s (median), ${median(plain.map((run) => run.cpuSeconds)).toFixed(2)} s of CPU`,
      `traced:   ${median(traced.map((run) => run.donationsPerSecond)).toFixed(0)} donations/s (median), ${median(traced.map((run) => run.cpuSeconds)).toFixed(2)} s of CPU`,
      `traced / untraced: ${median(ratios).toFixed(3)} (median of ${runs} rounds; ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
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
