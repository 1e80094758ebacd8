import type { OverTime } from './chart-data.js';
import { type EventPoints, POINT_CLASSES } from './event-points.js';
import { weightedQuantiles } from './weighted-quantiles.js';

/** As many events are drawn one by one; more are added up where they would cover each other. */
const MOST_SINGLE_POINTS = 30_000;
const FINE = { columns: 65_536, rows: 65_536, isBinned: false };
const COARSE = { columns: 640, rows: 200, isBinned: true };
const MOST_PARTS = 120;
const EVENTS_PER_PART = 40;
/** What is shorter is drawn as this: its logarithm has no end. */
const LEAST_MS = 0.01;
/** Events of one moment still get a picture with some width. */
const LEAST_TIME_MS = 100;

/** The decimal logarithm of a duration in ms, for drawing. */
export function logOf(durationMs: number): number {
  return Math.log10(Math.max(durationMs, LEAST_MS));
}

/** The least and the greatest of numbers; there has to be one. */
export function extentOf(values: Float64Array): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

interface Frame extends Pick<OverTime, 'fromUnixMs' | 'toUnixMs' | 'lowLog' | 'highLog'> {
  readonly columns: number;
  readonly rows: number;
  readonly isBinned: boolean;
}

function frameOf(points: EventPoints): Frame {
  const [first, last] = extentOf(points.startUnixMs);
  const [shortest, longest] = extentOf(points.durationMs);
  const missing = Math.max(0, LEAST_TIME_MS - (last - first)) / 2;
  return {
    ...(points.count <= MOST_SINGLE_POINTS ? FINE : COARSE),
    fromUnixMs: first - missing,
    toUnixMs: last + missing,
    lowLog: logOf(shortest) - 0.05,
    highLog: logOf(longest) + 0.05,
  };
}

function placeOf(value: number, low: number, high: number, places: number): number {
  return Math.min(places - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * places)));
}

function encode(triples: readonly number[]): string {
  const bytes = Buffer.alloc(triples.length * 2);
  for (let at = 0; at < triples.length; at++) bytes.writeUInt16LE(Math.min(triples[at] ?? 0, 65_535), at * 2);
  return bytes.toString('base64');
}

/** One triple for each event. */
function singleCells(points: EventPoints, frame: Frame): string[] {
  const triples: number[][] = POINT_CLASSES.map(() => []);
  for (let at = 0; at < points.count; at++) {
    const column = placeOf(points.startUnixMs[at] ?? 0, frame.fromUnixMs, frame.toUnixMs, frame.columns);
    const row = placeOf(logOf(points.durationMs[at] ?? 0), frame.lowLog, frame.highLog, frame.rows);
    triples[points.pointClass[at] ?? 0]?.push(column, row, 1);
  }
  return triples.map(encode);
}

/** One triple for each position that has events. */
function binnedCells(points: EventPoints, frame: Frame): string[] {
  const { columns, rows } = frame;
  const counts = POINT_CLASSES.map(() => new Uint32Array(columns * rows));
  for (let at = 0; at < points.count; at++) {
    const column = placeOf(points.startUnixMs[at] ?? 0, frame.fromUnixMs, frame.toUnixMs, columns);
    const row = placeOf(logOf(points.durationMs[at] ?? 0), frame.lowLog, frame.highLog, rows);
    const ofClass = counts[points.pointClass[at] ?? 0];
    const cell = column * rows + row;
    if (ofClass !== undefined) ofClass[cell] = (ofClass[cell] ?? 0) + 1;
  }
  return counts.map((ofClass) => {
    const triples: number[] = [];
    ofClass.forEach((count, cell) => {
      if (count > 0) triples.push(Math.floor(cell / rows), cell % rows, count);
    });
    return encode(triples);
  });
}

/** The places of the points, those of the first part first: where each part begins, and the order. */
function sortIntoParts(points: EventPoints, { fromUnixMs, toUnixMs }: Frame, partCount: number) {
  const parts = Uint8Array.from(points.startUnixMs, (start) =>
    placeOf(start, fromUnixMs, toUnixMs, partCount),
  );
  const starts = new Uint32Array(partCount + 1);
  for (const part of parts) starts[part + 1] = (starts[part + 1] ?? 0) + 1;
  for (let part = 0; part < partCount; part++)
    starts[part + 1] = (starts[part + 1] ?? 0) + (starts[part] ?? 0);
  const next = starts.slice();
  const order = new Uint32Array(points.count);
  parts.forEach((part, at) => {
    const place = next[part] ?? 0;
    next[part] = place + 1;
    order[place] = at;
  });
  return { starts, order };
}

function partsOf(points: EventPoints, frame: Frame): OverTime['parts'] {
  const partCount = Math.min(MOST_PARTS, Math.max(1, Math.round(points.count / EVENTS_PER_PART)));
  const lengthMs = (frame.toUnixMs - frame.fromUnixMs) / partCount;
  const { starts, order } = sortIntoParts(points, frame, partCount);
  const parts = Array.from({ length: partCount }, (_, part) => {
    const places = order.subarray(starts[part], starts[part + 1]);
    const durations = Float64Array.from(places, (at) => points.durationMs[at] ?? 0);
    const weights = Float64Array.from(places, (at) => points.weight[at] ?? 1);
    const [p50 = null, p95 = null, max = null] = weightedQuantiles(durations, weights, [0.5, 0.95, 1]);
    const count = Math.round(weights.reduce((sum, weight) => sum + weight, 0));
    return { startUnixMs: frame.fromUnixMs + part * lengthMs, count, p50, p95, max };
  });
  return {
    startUnixMs: parts.map(({ startUnixMs }) => startUnixMs),
    lengthMs,
    counts: parts.map(({ count }) => count),
    p50Ms: parts.map(({ p50 }) => p50),
    p95Ms: parts.map(({ p95 }) => p95),
    maxMs: parts.map(({ max }) => max),
  };
}

/** The picture of durations over time; there has to be an event. */
export function overTimeOf(points: EventPoints): OverTime {
  const frame = frameOf(points);
  return {
    ...frame,
    cells: frame.isBinned ? binnedCells(points, frame) : singleCells(points, frame),
    parts: partsOf(points, frame),
  };
}
