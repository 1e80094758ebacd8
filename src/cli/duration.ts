import ms from 'ms';
import type { Reading } from './reading.js';

/** Reads a span of time, in ms: `250ms`, `1.5s`, `2m`; a number alone is ms. */
export function readDurationMs(text: string): Reading<number> {
  const trimmed = text.trim();
  const value: number | undefined = /^\d+(\.\d+)?\s*[a-z]*$/i.test(trimmed)
    ? ms(trimmed as ms.StringValue)
    : undefined;
  return value === undefined || !Number.isFinite(value)
    ? { expected: 'a span of time (250ms, 1.5s, 2m; a number alone is ms)' }
    : { value };
}
