import { DDSketch } from '@datadog/sketches-js';

/** Values that are held one by one, in all; beyond them percentiles are estimated. */
const MOST_EXACT = 1_000_000;
/** How far an estimated percentile may be from the true one, as a share of it. */
export const SKETCH_ERROR = 0.005;
const FIRST_SIZE = 64;

/** Some durations, their percentiles, and what they add up to. A duration counts as often as its weight says. */
export interface Durations {
  /** Weighted. */
  readonly count: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** The least duration that at least this share (0…1) of them do not exceed. */
  percentileMs(share: number): number;
  /** How many were added. */
  readonly addedCount: number;
  /** Whether any of them counts for more than one. */
  readonly isWeighted: boolean;
  /** False where there were too many to hold: percentiles are then within {@link SKETCH_ERROR} of the true ones. */
  readonly isExact: boolean;
}

/** What a duration counts for is only known at the end: when the event span of its trace has been seen. */
export type WeightOf = (traceAt: number) => number;

interface Held {
  durations: Float64Array;
  traces: Uint32Array;
  heldCount: number;
  addedCount: number;
  isWeighted: boolean;
  count: number;
  totalMs: number;
  minMs: number;
  maxMs: number;
  sketch: DDSketch | undefined;
}

/** One set of durations that is still growing. */
export interface GrowingDurations {
  /** Adds one; `traceAt` is a number for its trace, for {@link WeightOf}. */
  add(durationMs: number, traceAt: number): void;
  /** What there is by now, sorted; nothing may be added after. */
  finish(): Durations;
}

function grow(held: Held): void {
  const size = held.durations.length * 2;
  const durations = new Float64Array(size);
  durations.set(held.durations);
  held.durations = durations;
  const traces = new Uint32Array(size);
  traces.set(held.traces);
  held.traces = traces;
}

/** Moves what is held into the sketch, with the weights that are known by now. */
function settle(held: Held, weightOf: WeightOf): void {
  addUp(held, weightOf);
  held.sketch ??= new DDSketch({ relativeAccuracy: SKETCH_ERROR });
  for (let at = 0; at < held.heldCount; at++) {
    held.sketch.accept(held.durations[at] ?? 0, weightOf(held.traces[at] ?? 0));
  }
  held.durations = new Float64Array(FIRST_SIZE);
  held.traces = new Uint32Array(FIRST_SIZE);
  held.heldCount = 0;
}

function addUp(held: Held, weightOf: WeightOf): void {
  for (let at = 0; at < held.heldCount; at++) {
    const weight = weightOf(held.traces[at] ?? 0);
    if (weight !== 1) held.isWeighted = true;
    held.count += weight;
    held.totalMs += (held.durations[at] ?? 0) * weight;
  }
}

/** Weighted percentiles of sorted durations: the first whose weights, added up, reach the share. */
function exactPercentiles(held: Held, weightOf: WeightOf): (share: number) => number {
  const durations = held.durations.subarray(0, held.heldCount);
  if (!held.isWeighted) {
    const sorted = durations.slice().sort();
    return (share) => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? Number.NaN;
  }
  const weights = Float64Array.from(held.traces.subarray(0, held.heldCount), weightOf);
  const order = Uint32Array.from(durations, (_, at) => at).sort(
    (a, b) => (durations[a] ?? 0) - (durations[b] ?? 0),
  );
  const reached = new Float64Array(order.length);
  let sum = 0;
  order.forEach((from, at) => {
    sum += weights[from] ?? 0;
    reached[at] = sum;
  });
  return (share) => {
    const at = reached.findIndex((weight) => weight >= share * sum - 1e-9);
    return durations[order[at] ?? 0] ?? Number.NaN;
  };
}

function createGrowing(held: Held, weightOf: WeightOf, onAdd: () => void): GrowingDurations {
  return {
    add(durationMs, traceAt) {
      if (held.heldCount === held.durations.length) grow(held);
      held.durations[held.heldCount] = durationMs;
      held.traces[held.heldCount++] = traceAt;
      held.addedCount++;
      if (durationMs < held.minMs) held.minMs = durationMs;
      if (durationMs > held.maxMs) held.maxMs = durationMs;
      onAdd();
    },
    finish() {
      const isExact = held.sketch === undefined;
      if (isExact) addUp(held, weightOf);
      else settle(held, weightOf);
      const { sketch, minMs, maxMs, count, totalMs, addedCount, isWeighted } = held;
      const estimated = (share: number): number =>
        Math.min(maxMs, Math.max(minMs, sketch?.getValueAtQuantile(share) ?? Number.NaN));
      const percentileMs = isExact ? exactPercentiles(held, weightOf) : estimated;
      return { count, totalMs, minMs, maxMs, addedCount, isWeighted, isExact, percentileMs };
    },
  };
}

/**
 * Sets of durations that share one allowance: up to 1,000,000 in all are held one by one, and every percentile is exact. Beyond that the
 * largest sets become sketches, until what is held is half of it again.
 */
export function createDurations(weightOf: WeightOf) {
  const all: Held[] = [];
  let heldCount = 0;
  const makeRoom = (): void => {
    const largestFirst = [...all].sort((a, b) => b.heldCount - a.heldCount);
    for (const held of largestFirst) {
      if (heldCount <= MOST_EXACT / 2) break;
      heldCount -= held.heldCount;
      settle(held, weightOf);
    }
  };
  return {
    /** Begins another set. */
    create(): GrowingDurations {
      const held: Held = {
        durations: new Float64Array(FIRST_SIZE),
        traces: new Uint32Array(FIRST_SIZE),
        heldCount: 0,
        addedCount: 0,
        isWeighted: false,
        count: 0,
        totalMs: 0,
        minMs: Number.POSITIVE_INFINITY,
        maxMs: 0,
        sketch: undefined,
      };
      all.push(held);
      return createGrowing(held, weightOf, () => {
        if (++heldCount > MOST_EXACT) makeRoom();
      });
    },
  };
}
