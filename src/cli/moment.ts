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

const EXPECTED = 'how long ago (30m, 1h, 7d) or an ISO time (2024-10-04T12:00Z)';

/** Reads a moment: how long ago (`30m`), or an ISO time, in UTC where it names no zone. */
export function readMoment(text: string, nowUnixMs = Date.now()): Reading<Moment> {
  const unixMs = unixMsOf(text, nowUnixMs);
  return unixMs === undefined ? { expected: EXPECTED } : { value: { unixMs: Math.max(0, unixMs), text } };
}

/** As {@link readMoment}, of a moment that has passed. */
export function readPastMoment(text: string, nowUnixMs = Date.now()): Reading<Moment> {
  const reading = readMoment(text, nowUnixMs);
  return 'value' in reading && reading.value.unixMs > nowUnixMs
    ? { expected: `a moment in the past (it is ${new Date(nowUnixMs).toISOString()})` }
    : reading;
}

/** A moment as part of a sentence: `last 1h`, or `since 2024-10-04`. */
export function sinceInWords({ text }: Moment): string {
  return SPAN_OF_TIME.test(text) ? `last ${text}` : `since ${text}`;
}

/** `until 1h ago`, or `until 2024-10-04`. */
export function untilInWords({ text }: Moment): string {
  return `until ${text}${SPAN_OF_TIME.test(text) ? ' ago' : ''}`;
}
