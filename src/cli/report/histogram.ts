import type { Histogram } from './chart-data.js';
import { type EventPoints, POINT_CLASSES } from './event-points.js';
import { extentOf, logOf } from './over-time.js';

const FEW_EVENTS = 2_000;

/** How many events took how long; there has to be an event. */
export function histogramOf(points: EventPoints): Histogram {
  const stepLog = points.count < FEW_EVENTS ? 0.1 : 0.05;
  const [shortest, longest] = extentOf(points.durationMs);
  const firstBin = Math.floor(logOf(shortest) / stepLog);
  const binCount = Math.floor(logOf(longest) / stepLog) - firstBin + 1;
  const bins = POINT_CLASSES.map(() => new Array<number>(binCount).fill(0));
  for (let at = 0; at < points.count; at++) {
    const bin = Math.floor(logOf(points.durationMs[at] ?? 0) / stepLog) - firstBin;
    const ofClass = bins[points.pointClass[at] ?? 0];
    if (ofClass !== undefined) ofClass[bin] = (ofClass[bin] ?? 0) + (points.weight[at] ?? 1);
  }
  const [fast = [], slow = [], failed = []] = bins.map((ofClass) => ofClass.map(Math.round));
  return { lowLog: firstBin * stepLog, stepLog, fast, slow, failed };
}
