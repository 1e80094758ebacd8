/**
 * What the preload adds to the start of a process: `npx tsx bench/startup.ts [runs]`. Node alone and Node with the preload, in turn, each
 * running nothing; the time is from the call to the end of the process.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const runs = Number(process.argv[2] ?? 21);
const cases = [
  { name: 'node', flags: [] },
  { name: 'with the preload', flags: ['--require', './instrumentation'] },
].map((one) => ({ ...one, timesMs: [] as number[] }));

function runOnce(flags: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, [...flags, '--eval', '0'], {
    cwd: PROJECT,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`expected ${flags.join(' ')} to end with 0, it ended with ${status}`);
  return performance.now() - startedMs;
}

for (let run = 0; run < runs; run++) {
  for (const { flags, timesMs } of cases) timesMs.push(runOnce(flags));
}

console.log(`Node ${process.versions.node}, ${runs} runs each, in turn`);
for (const { name, timesMs } of cases) {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[runs >> 1], sorted.at(-1)].map((ms) =>
    Math.round(ms ?? 0),
  );
  console.log(`${name}: median ${median} ms (${least} to ${most})`);
}
