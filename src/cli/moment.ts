import ms from 'ms';
import type { Reading } from './reading.js';

/** A moment as it was asked for. */
export interface Moment {
  readonly unixMs: number;
  /** `1h`, or the ISO time. */
  readonly text: string;
}

const SPAN_OF_TIME = /^\d+(\.\d+)?\s*[a-z]+$/i;
const ISO = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/i;

function unixMsOf(text: string, nowUnixMs: number): number | undefined {
  if (SPAN_OF_TIME.test(text)) {
    const agoMs: number | undefined = ms(text as ms.StringValue);
    return agoMs === undefined ? undefined : nowUnixMs - agoMs;
  }
  const [, day, time = 'T00:00', , , zone = 'Z'] = ISO.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  const unixMs = Date.parse(`${day}${time}${zone}`.toUpperCase());
  return exists && !Number.isNaN(unixMs) ? unixMs : undefined;
}

/** Reads a moment in the past: how long ago (`30m`), or an ISO time, in UTC where it names no zone. */
export function readPastMoment(text: string, nowUnixMs = Date.now()): Reading<Moment> {
  const unixMs = unixMsOf(text, nowUnixMs);
  if (unixMs === undefined) {
    return { expected: 'how long ago (30m, 1h, 7d) or an ISO time (2024-10-04T12:00Z)' };
  }
  return unixMs > nowUnixMs
    ? { expected: `a moment in the past (it is ${new Date(nowUnixMs).toISOString()})` }
    : { value: { unixMs: Math.max(0, unixMs), text } };
}
