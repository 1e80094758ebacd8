import { describe, expect, it } from 'vitest';
import { readPastMoment } from '../../src/cli/moment.js';

const NOW = Date.UTC(2024, 9, 4, 12, 0, 0);

function isoOf(text: string): string | undefined {
  const reading = readPastMoment(text, NOW);
  return 'value' in reading ? new Date(reading.value.unixMs).toISOString() : undefined;
}

describe('a moment in the past', () => {
  it.each([
    ['30m', '2024-10-04T11:30:00.000Z'],
    ['1h', '2024-10-04T11:00:00.000Z'],
    ['7d', '2024-09-27T12:00:00.000Z'],
    ['1.5 h', '2024-10-04T10:30:00.000Z'],
    ['2024-10-04', '2024-10-04T00:00:00.000Z'],
    ['2024-10-04T09:15', '2024-10-04T09:15:00.000Z'],
    ['2024-10-04T09:15:01.250Z', '2024-10-04T09:15:01.250Z'],
    ['2024-10-04T09:15:00+02:00', '2024-10-04T07:15:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['200y', '1970-01-01T00:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(isoOf(text)).toBe(iso);
  });

  it.each([
    '',
    '5',
    '-1h',
    '1 fortnight',
    'yesterday',
    '2024-13-01',
    '2023-02-29',
    '2024-10-04T25:00',
    '2024-10-05',
  ])('refuses %j', (text) => {
    expect(readPastMoment(text, NOW)).toHaveProperty('expected');
  });
});
