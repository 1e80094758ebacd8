import { describe, expect, it } from 'vitest';
import { createSeenSpans } from '../../src/traces/seen-spans.js';

function span(trace: number, number: number) {
  return { traceId: trace.toString(16).padStart(32, '0'), spanId: number.toString(16).padStart(16, '0') };
}

describe('spans that have been seen', () => {
  it('are told from those that differ in one id only, however alike the ids are', () => {
    const seen = createSeenSpans();
    let newCount = 0;
    for (let trace = 1; trace <= 500; trace++) {
      for (let number = 1; number <= 400; number++) if (seen.isNew(span(trace, number))) newCount++;
    }
    expect(newCount).toBe(200_000);
    expect(seen.isNew(span(250, 250))).toBe(false);
    expect(seen.isNew(span(501, 400))).toBe(true);
  });

  it('are told apart by every digit of both ids', () => {
    const seen = createSeenSpans();
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
    expect(seen.isNew({ traceId, spanId })).toBe(true);
    for (let at = 0; at < 32; at++) {
      expect(seen.isNew({ traceId: `${traceId.slice(0, at)}c${traceId.slice(at + 1)}`, spanId })).toBe(true);
    }
    for (let at = 0; at < 16; at++) {
      expect(seen.isNew({ traceId, spanId: `${spanId.slice(0, at)}c${spanId.slice(at + 1)}` })).toBe(true);
    }
    expect(seen.isNew({ traceId, spanId })).toBe(false);
  });
});
