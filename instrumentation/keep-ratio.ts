/** The last 14 hex digits of a trace id are random (W3C Trace Context, level 2). */
const RANDOM_DIGITS = 14;
const RANDOM_VALUES = 2 ** 56;

/** Whether a fast trace is among the share that is exported: the same answer for a trace id in every process, and in every run. */
export function isKept(traceId: string, keepRatio: number): boolean {
  if (keepRatio >= 1) return true;
  return Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) < keepRatio * RANDOM_VALUES;
}
