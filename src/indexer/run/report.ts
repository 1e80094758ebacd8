/** What a run has done so far. */
export interface RunReport {
  /** Events processed now: not those of earlier runs. */
  readonly events: number;
  /** Donations among them. */
  readonly donations: number;
  /** Events that had been processed before. */
  readonly skipped: number;
  /** Events of kinds that are not handled. */
  readonly ignored: number;
  /** Events and lines that could not be taken, those of earlier runs that were met again included. */
  readonly failed: number;
  readonly seconds: number;
}

type Count = Exclude<keyof RunReport, 'seconds'>;

/** Counts a run. */
export interface Tally {
  add(count: Count, number?: number): void;
  /** Tells of what was counted since the last time that it was told. */
  flush(): void;
  report(): RunReport;
}

const PROGRESS_INTERVAL_MS = 100;

/** Starts counting; `onProgress` is told of changes, at most ten times a second. */
export function createTally(onProgress: (report: RunReport) => void): Tally {
  const startedAtMs = performance.now();
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let isTold = true;
  const counts = { events: 0, donations: 0, skipped: 0, ignored: 0, failed: 0 };
  const report = (): RunReport => ({ ...counts, seconds: (performance.now() - startedAtMs) / 1000 });
  const tell = (): void => {
    toldAtMs = performance.now();
    isTold = true;
    onProgress(report());
  };
  return {
    add(count, number = 1) {
      counts[count] += number;
      isTold = false;
      if (performance.now() - toldAtMs >= PROGRESS_INTERVAL_MS) tell();
    },
    flush() {
      if (!isTold) tell();
    },
    report,
  };
}
