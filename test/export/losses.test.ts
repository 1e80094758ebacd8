import { describe, expect, it } from 'vitest';
import { Losses } from '../../instrumentation/export/losses.js';

describe('the line of what was lost', () => {
  it('names the five reasons for the most spans, and counts what is left', () => {
    const losses = new Losses();
    for (let spans = 1; spans <= 7; spans++) losses.add(spans, `reason ${spans}`);

    expect(losses.takeLine()).toBe(
      '28 spans lost: 7 reason 7; 6 reason 6; 5 reason 5; 4 reason 4; 3 reason 3; 3 for other reasons',
    );
    expect(losses.takeLine()).toBeUndefined();
  });

  it('keeps a hundred reasons apart, those for the most spans, however many there are, and counts each span', () => {
    const losses = new Losses();
    for (let at = 0; at < 1000; at++) losses.add(2, `reason ${at}`, 1);
    losses.add(10, 'the last reason');
    losses.add(7, 'reason 999');
    for (let at = 0; at < 1000; at++) losses.add(1, `small reason ${at}`);

    expect(losses.takeLine()).toMatch(
      /^3017 spans lost: 10 the last reason; 9 reason 999; 2 reason \d+; 2 reason \d+; 2 reason \d+; 2992 for other reasons; 1000 of them are in the trace file$/,
    );
  });

  it('shortens a reason that is long, and takes what begins alike for the same', () => {
    const losses = new Losses();
    losses.add(1, 'a'.repeat(251));
    losses.add(1, 'a'.repeat(100_000));

    expect(losses.takeLine()).toBe(`2 spans lost: 2 ${'a'.repeat(249)}…`);
  });
});
