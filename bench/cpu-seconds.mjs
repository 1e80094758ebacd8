import { readFileSync } from 'node:fs';

/** CPU time of a process or of a thread, in s, from its `stat` file (on Linux, whose clock ticks are 10 ms); NaN where there is none. */
export function cpuSeconds(statFile) {
  try {
    const stat = readFileSync(statFile, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
