// How long `grants-otel` takes to answer each question from a file of 1,000,000 spans, beside a bare loop over `readline` and `JSON.parse` on
// the same file, in turn: `npm run build && npx tsx bench/questions.ts [--runs 5] [--events 55000] [--file FILE]`. Without --file one is made
// in the system's folder for temporary files, some 470 MB, and removed at the end.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeTraceFile } from './make-trace-file.js';
import { median } from './median.js';

const MAIN = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    events: { type: 'string', default: '55000' },
    file: { type: 'string' },
  },
});

const BARE_LOOP = `
const { createReadStream } = require('node:fs');
const { createInterface } = require('node:readline');
(async () => {
  let spans = 0;
  for await (const line of createInterface({ input: createReadStream(process.argv[1]) })) {
    for (const { scopeSpans } of JSON.parse(line).resourceSpans) for (const scope of scopeSpans) spans += scope.spans.length;
  }
  console.log(spans);
})();`;

interface Run {
  readonly seconds: number;
  /** Of all its threads, start included. */
  readonly cpuSeconds: number;
  /** Largest resident size of the whole process, its threads included. */
  readonly peakMb: number;
  readonly exitCode: number | null;
}

/** Runs Node and has it say, when it ends, how much memory it had at most and what it took of the processors. */
function run(args: readonly string[]): Promise<Run> {
  const report = `process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    process.stderr.write('\\nused ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
  })`;
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const preload = `data:text/javascript,${encodeURIComponent(report)}`;
    const child = spawn(process.execPath, ['--import', preload, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const [, kilobytes = 'NaN', micros = 'NaN'] = /used (\d+) (\d+)/.exec(stderr) ?? [];
      resolve({
        seconds: (performance.now() - startMs) / 1000,
        cpuSeconds: Number(micros) / 1e6,
        peakMb: (Number(kilobytes) * 1024) / 1e6,
        exitCode,
      });
    });
  });
}

/** The trace that the first span of a file belongs to. */
function firstTraceId(path: string): string {
  const head = Buffer.alloc(4096);
  const fd = openSync(path, 'r');
  readSync(fd, head);
  closeSync(fd);
  return /"traceId":"([0-9a-f]{32})"/.exec(head.toString())?.[1] ?? '';
}

const folder = mkdtempSync(join(tmpdir(), 'grants-otel-bench-'));
try {
  const path = values.file ?? join(folder, 'traces.jsonl');
  if (values.file === undefined) await makeTraceFile(path, Number(values.events));

  const cases: Readonly<Record<string, readonly string[]>> = {
    'bare loop': ['-e', BARE_LOOP, path],
    slow: [MAIN, 'slow', path],
    'slow --chain 10 --json': [MAIN, 'slow', path, '--chain', '10', '--json'],
    "slow --span '*'": [MAIN, 'slow', path, '--span', '*'],
    'slow --span InsertDonation --event AllocatedWithOrigin': [
      ...[MAIN, 'slow', path, '--span', 'InsertDonation', '--event', 'AllocatedWithOrigin'],
    ],
    summary: [MAIN, 'summary', path],
    "summary --span '*' --by name": [MAIN, 'summary', path, '--span', '*', '--by', 'name'],
    causes: [MAIN, 'causes', path],
    trace: [MAIN, 'trace', firstTraceId(path), path],
    report: [MAIN, 'report', path, '--out', join(folder, 'report.html')],
  };

  const runs: Record<string, Run[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = 0; round < Number(values.runs); round++) {
    for (const [name, args] of Object.entries(cases)) runs[name]?.push(await run(args));
  }

  const loop = runs['bare loop'] ?? [];
  console.log(
    `${statSync(path).size / 1e6} MB; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  );
  console.log(
    '| question | median s | ÷ bare loop, by rounds | median CPU s | peak MB | exit code |\n| --- | --: | --: | --: | --: | --: |',
  );
  for (const [name, all] of Object.entries(runs)) {
    const ratio = median(all.map(({ seconds }, at) => seconds / (loop[at]?.seconds ?? Number.NaN)));
    const peakMb = Math.max(...all.map((each) => each.peakMb));
    console.log(
      `| ${name} | ${median(all.map(({ seconds }) => seconds)).toFixed(2)} | ${ratio.toFixed(2)} | ${median(all.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)} | ${peakMb.toFixed(0)} | ${all[0]?.exitCode} |`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
