/** What the script of the page draws: numbers only, so that nothing that was traced gets near a script. */
export interface ChartData {
  readonly overTime: OverTime;
  readonly histogram: Histogram;
  /** Where slow begins, in ms; undefined where the slow events do not agree on it. */
  readonly slowThresholdMs: number | undefined;
}

/** Every event by its start and its duration, and percentiles along the time. */
export interface OverTime {
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
  /** The decimal logarithms of the shortest and the longest duration, in ms. */
  readonly lowLog: number;
  readonly highLog: number;
  /** Positions there are: across for the time, up for the logarithm of the duration. */
  readonly columns: number;
  readonly rows: number;
  /** Whether events that fall on one position were added up. */
  readonly isBinned: boolean;
  /** For the fast, the slow and the failed: base64 of little-endian 16-bit triples: column, row, count (65535 for more). */
  readonly cells: readonly string[];
  /** Equal parts of the time, and their events; null where there are none. */
  readonly parts: {
    readonly startUnixMs: readonly number[];
    readonly lengthMs: number;
    readonly counts: readonly number[];
    readonly p50Ms: readonly (number | null)[];
    readonly p95Ms: readonly (number | null)[];
    readonly maxMs: readonly (number | null)[];
  };
}

/** How many events took how long, in equal steps of the decimal logarithm of the duration in ms; estimated where events were thinned out. */
export interface Histogram {
  readonly lowLog: number;
  readonly stepLog: number;
  readonly fast: readonly number[];
  readonly slow: readonly number[];
  readonly failed: readonly number[];
}
