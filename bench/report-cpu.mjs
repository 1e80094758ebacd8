// Preloaded by the measurements: tells what CPU time the process took, and how much of it the main thread (on Linux).
import { writeSync } from 'node:fs';
import { cpuSeconds } from './cpu-seconds.mjs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(
    2,
    `cpu-seconds=${((user + system) / 1e6).toFixed(3)} main-thread-seconds=${cpuSeconds(`/proc/self/task/${process.pid}/stat`).toFixed(2)}\n`,
  );
});
