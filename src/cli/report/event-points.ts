import { isSlow, type Span } from '../../traces/span.js';
import { weightOfTrace } from '../../traces/trace-weights.js';

/** How an event is drawn; the number is its place in the lists below. */
export const POINT_CLASSES = ['fast', 'slow', 'failed'] as const;

/** The events of a report as bare numbers, some bytes each: there can be a million. */
export interface EventPoints {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly startUnixMs: Float64Array;
  readonly durationMs: Float64Array;
  /** The place of each in {@link POINT_CLASSES}. */
  readonly pointClass: Uint8Array;
  /** How many events each stands for: 1 / keepRatio. */
  readonly weight: Float32Array;
}

const FIRST_CAPACITY = 4096;

function classOf(span: Span): number {
  if (span.status === 'error') return 2;
  return isSlow(span) ? 1 : 0;
}

/** Collects event spans as points; each is added once by whoever calls. */
export function createEventPoints() {
  let count = 0;
  let startUnixMs = new Float64Array(FIRST_CAPACITY);
  let durationMs = new Float64Array(FIRST_CAPACITY);
  let pointClass = new Uint8Array(FIRST_CAPACITY);
  let weight = new Float32Array(FIRST_CAPACITY);
  const grow = (): void => {
    const capacity = count * 2;
    const [starts, durations, classes, weights] = [startUnixMs, durationMs, pointClass, weight];
    startUnixMs = new Float64Array(capacity);
    durationMs = new Float64Array(capacity);
    pointClass = new Uint8Array(capacity);
    weight = new Float32Array(capacity);
    startUnixMs.set(starts);
    durationMs.set(durations);
    pointClass.set(classes);
    weight.set(weights);
  };
  return {
    add(span: Span): void {
      if (count === startUnixMs.length) grow();
      startUnixMs[count] = span.startUnixMs;
      durationMs[count] = span.durationMs;
      pointClass[count] = classOf(span);
      weight[count] = weightOfTrace(span);
      count++;
    },
    points(): EventPoints {
      return {
        count,
        startUnixMs: startUnixMs.subarray(0, count),
        durationMs: durationMs.subarray(0, count),
        pointClass: pointClass.subarray(0, count),
        weight: weight.subarray(0, count),
      };
    },
  };
}
