import { describe, expect, it } from 'vitest';
import { spansOf } from '../../src/traces/file/batch-spans.js';
import { JsonCursor, NOT_TAKEN } from '../../src/traces/file/json-cursor.js';
import { TraceReader } from '../../src/traces/file/trace-reader.js';
import type { WantedSpans } from '../../src/traces/file/wanted-spans.js';
import { isObject } from '../../src/traces/json-value.js';
import { readOtlpJson } from '../../src/traces/otlp-json.js';
import type { Span } from '../../src/traces/span.js';
import { plain } from './files.js';
import { createRandom, type Random, randomBatch, writeJson } from './random-otlp.js';

const FIELDS = ['chainId', 'roundId', 'a"b', 'é', ''];

/** What the reader takes out of JSON, read as bytes. */
function scanned(text: string, fields: WantedSpans['fields']): { spans: Span[]; faults: number } {
  const reader = new TraceReader({ filter: { spans: 'all' }, fields });
  const bytes = Buffer.from(`${text}\0`);
  reader.read(bytes, 0, bytes.length - 1);
  const batch = reader.takeBatch(true);
  const columns = new Map(reader.names.map((name, at) => [name, at]));
  return { spans: batch === undefined ? [] : spansOf(batch, columns), faults: reader.report.faultCount };
}

/** The same by way of `JSON.parse`. */
function parsed(text: string): { spans: readonly Span[]; faults: number } {
  const value: unknown = JSON.parse(text);
  const data = isObject(value) && isObject(value['result']) ? value['result'] : value;
  const { spans, faults } = readOtlpJson(isObject(data) ? data : {});
  return { spans, faults: faults.length };
}

function asked(span: Span) {
  return FIELDS.map((name) => span.attribute(name));
}

/** The text with a byte lost, doubled, or replaced by another. */
function damaged(text: string, { below, oneOf }: Random): string {
  const at = below(text.length);
  const byte = oneOf([
    '',
    text[at]?.repeat(2) ?? '',
    '"',
    '\\',
    '{',
    '}',
    ']',
    ',',
    ':',
    '0',
    'e',
    '-',
    '\n',
    't',
  ]);
  return text.slice(0, at) + byte + text.slice(at + 1);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isTaken(text: string): boolean {
  const cursor = new JsonCursor();
  cursor.bytes = Buffer.from(`${text}\0`);
  try {
    cursor.skipSpace();
    cursor.skipValue();
    return cursor.skipSpace() === 0 && cursor.at === cursor.bytes.length - 1;
  } catch (error) {
    if (error !== NOT_TAKEN) throw error;
    return false;
  }
}

describe('spans scanned out of bytes', () => {
  it('are the same as those that JSON.parse leads to, however they are written', () => {
    let spanCount = 0;
    for (let seed = 1; seed <= 1500; seed++) {
      const random = createRandom(seed);
      const text = writeJson(randomBatch(random), random);
      const expected = parsed(text);
      const whole = scanned(text, 'all');
      expect(whole.spans.map(plain), `seed ${seed}`).toEqual(expected.spans.map(plain));
      expect(whole.faults, `seed ${seed}`).toBe(expected.faults);
      const some = scanned(text, FIELDS);
      expect(some.spans.map(asked), `seed ${seed}`).toEqual(expected.spans.map(asked));
      spanCount += expected.spans.length;
    }
    expect(spanCount).toBeGreaterThan(3000);
  });

  it('are taken from JSON only: what JSON.parse refuses is refused, and nothing else', () => {
    const valid = { yes: 0, no: 0 };
    for (let seed = 1; seed <= 1500; seed++) {
      const random = createRandom(seed);
      const text = damaged(writeJson(randomBatch(random), random), random);
      const isValid = isJson(text);
      if (isTaken(text) !== isValid) expect.fail(`seed ${seed}: ${text}`);
      valid[isValid ? 'yes' : 'no']++;
    }
    expect(Math.min(valid.yes, valid.no)).toBeGreaterThan(300);
  });

  it.each([
    '0',
    '-0.5e+10',
    '01',
    '1.',
    '.5',
    '-',
    '1e',
    '"\\u12G4"',
    '"\\x"',
    'true',
    'tru',
    'nul',
    '[1,]',
    '{"a":1,}',
    '{,}',
    '[]]',
    '',
  ])('are no surprise in %j', (text) => {
    expect(isTaken(text)).toBe(isJson(text));
  });
});
