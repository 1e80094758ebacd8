// Preloaded by the measurements: tells what CPU time the process took, and how much of it the main thread (on Linux; its clock ticks are 10 ms).
import { readFileSync, writeSync } from 'node:fs';

function mainThreadSeconds() {
  try {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(
    2,
    `cpu-seconds=${((user + system) / 1e6).toFixed(3)} main-thread-seconds=${mainThreadSeconds().toFixed(2)}\n`,
  );
});
