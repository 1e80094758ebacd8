import { createDurations } from '../../traces/durations.js';
import type { OverTime } from './chart-data.js';
import { type EventPoints, POINT_CLASSES } from './event-points.js';

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

function partsOf(points: EventPoints, { fromUnixMs, toUnixMs }: Frame): OverTime['parts'] {
  const partCount = Math.min(MOST_PARTS, Math.max(1, Math.round(points.count / EVENTS_PER_PART)));
  const lengthMs = (toUnixMs - fromUnixMs) / partCount;
  const durations = createDurations((at) => points.weight[at] ?? 1);
  const growing = Array.from({ length: partCount }, durations.create);
  for (let at = 0; at < points.count; at++) {
    const part = placeOf(points.startUnixMs[at] ?? 0, fromUnixMs, toUnixMs, partCount);
    growing[part]?.add(points.durationMs[at] ?? 0, at);
  }
  const parts = growing.map((part) => part.finish());
  const orNull = (value: number, count: number): number | null => (count === 0 ? null : value);
  return {
    startUnixMs: parts.map((_, part) => fromUnixMs + part * lengthMs),
    lengthMs,
    counts: parts.map(({ count }) => Math.round(count)),
    p50Ms: parts.map((part) => orNull(part.percentileMs(0.5), part.count)),
    p95Ms: parts.map((part) => orNull(part.percentileMs(0.95), part.count)),
    maxMs: parts.map(({ maxMs, count }) => orNull(maxMs, count)),
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
