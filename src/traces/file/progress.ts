import type { Progress } from '../trace-source.js';

const EVERY_MS = 200;

/** Adds up bytes that have been read, and tells of them now and then. A file that is read several times counts as often. */
export function createProgress(
  onProgress: ((progress: Progress) => void) | undefined,
  readings: number,
): (count: number, total: number | undefined) => void {
  let done = 0;
  let toldMs = performance.now();
  return (count, total) => {
    done += count;
    const nowMs = performance.now();
    if (onProgress === undefined || nowMs - toldMs < EVERY_MS) return;
    toldMs = nowMs;
    onProgress({ done, total: total === undefined ? undefined : total * readings, unit: 'bytes' });
  };
}
