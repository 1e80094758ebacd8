/** What `summary` says of each row, in JSON and in CSV. */
const FIGURES: ReadonlySet<string> = new Set([
  ...['count', 'slowCount', 'errorCount', 'readCount', 'estimated', 'percentileErrorPercent'],
  ...['minMs', 'avgMs', 'p50Ms', 'p95Ms', 'p99Ms', 'maxMs', 'totalMs', 'lastEnd'],
  ...['minDuration', 'avgDuration', 'p50Duration', 'p95Duration', 'p99Duration', 'maxDuration'],
  ...['totalDuration', 'timestamp'],
]);

/** Whether a figure of an answer has this name, so that there is no room for a key of `--by` that has it, too. */
export function isFigure(name: string): boolean {
  return FIGURES.has(name);
}
