import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTraceFile } from '../../src/traces/trace-file.js';
import { otlpBatch, otlpSpan } from './otlp-spans.js';

const WANTED = '00000000000000000000000000abcdef';
const OTHER = '11111111111111111111111111111111';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grants-otel-some-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The names of the spans of the wanted trace in a file of these lines, and what was said of it. */
async function read(...lines: readonly string[]) {
  const path = join(folder, 'traces.jsonl');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const names: string[] = [];
  const notes: string[] = [];
  const spans = createTraceFile(path).read({
    filter: { spans: 'all' },
    fields: [],
    traceIds: [WANTED],
    onNote: (line) => notes.push(line),
  });
  for await (const batch of spans) names.push(...batch.map(({ name }) => name));
  return { names, notes };
}

function lineOf(...traceIds: readonly string[]): string {
  return JSON.stringify(otlpBatch(traceIds.map((traceId) => otlpSpan({ traceId, name: 'found' }))));
}

describe('some traces of a file', () => {
  it('are found among lines that are passed over', async () => {
    const found = await read(
      lineOf(OTHER, OTHER),
      lineOf(OTHER, WANTED, OTHER),
      lineOf(OTHER),
      lineOf(WANTED),
    );
    expect(found).toEqual({ names: ['found', 'found'], notes: [] });
  });

  it.each([
    ['upper-case hex', lineOf(WANTED.toUpperCase())],
    ['base64', lineOf(Buffer.from(WANTED, 'hex').toString('base64'))],
    ['hex without its leading zeros', lineOf(WANTED.replace(/^0+/, ''))],
    ['JSON with spaces', lineOf(OTHER, WANTED).replaceAll(':', ' : ').replaceAll(',', ' , ')],
    ['a key written with an escape', lineOf(WANTED).replace('traceId', 'trace\\u0049d')],
    ['the last of many ids', lineOf(...Array<string>(500).fill(OTHER), WANTED)],
  ])('are found by ids in %s', async (_, line) => {
    expect(await read(lineOf(OTHER), line)).toEqual({ names: ['found'], notes: [] });
  });

  it('are not taken from a link to them', async () => {
    const linking = {
      ...otlpSpan({ traceId: OTHER }),
      links: [{ traceId: WANTED, spanId: 'aaaaaaaaaaaaaaaa' }],
    };
    expect(await read(JSON.stringify(otlpBatch([linking])))).toEqual({ names: [], notes: [] });
  });

  it('leave no line untold that is cut off just behind a brace, also before another batch', async () => {
    const spans = [1, 2].map(() => otlpSpan({ traceId: OTHER, attributes: { x: 'y' } }));
    const whole = JSON.stringify(otlpBatch(spans));
    const braces = [...whole.matchAll(/}/g)].map(({ index }) => index + 1).slice(0, -1);
    for (const stump of braces.map((end) => whole.slice(0, end))) {
      for (const lines of [[stump, lineOf(WANTED)], [`${stump}${lineOf(WANTED)}`]])
        await expect(read(...lines), lines[0]).rejects.toMatchObject({ code: 'IN_PART' });
    }
  });

  it('leave no line untold that is cut off', async () => {
    const reading = read(lineOf(OTHER).slice(0, -30), lineOf(WANTED));
    await expect(reading).rejects.toMatchObject({
      code: 'IN_PART',
      message: expect.stringContaining('1 line is cut off or damaged'),
    });
  });
});
