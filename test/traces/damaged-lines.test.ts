import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolder, readFile, SMALL_RANGES } from './files.js';
import { otlpBatch, otlpSpan, slowEvent } from './otlp-spans.js';

let folder: ReturnType<typeof createFolder>;
beforeAll(() => {
  folder = createFolder();
});
afterAll(() => folder.remove());

/** A batch of one span as it stands in a line. */
function batch(name: string, text = ''): string {
  return JSON.stringify(otlpBatch([otlpSpan({ name, attributes: { text } })]));
}

/** The names in a file of this text, and what was said of it, the same by every way of reading. */
async function read(text: string, search = {}) {
  const found = [];
  const ways = [{ content: text }, { content: text, options: SMALL_RANGES }, { content: gzipSync(text) }];
  for (const { content, options } of ways) {
    const { spans, notes, error } = await readFile(folder.write('lines', content), search, options);
    found.push({ names: spans.map(({ name }) => name).sort(), notes, error });
  }
  const [first, ...others] = found;
  for (const other of others) expect(other).toEqual(first);
  return first;
}

const ONE_LOST = 'FILE: 1 line is cut off or damaged; what else there is is answered';

describe('a line of a trace file that is cut off before healthy ones', () => {
  it.each([1, 20, 60, 150])('is told as lost, with %i bytes missing', async (missing) => {
    const text = `${batch('a')}\n${batch('b').slice(0, -missing)}\n${batch('c')}\n`;
    expect(await read(text)).toEqual({
      names: ['a', 'c'],
      notes: ['FILE, line 2: cut off or damaged; skipped'],
      error: ONE_LOST,
    });
  });

  it('is counted where there are many', async () => {
    const text = `${batch('b').slice(0, -9)}\n`.repeat(5) + batch('a');
    expect(await read(text)).toMatchObject({
      names: ['a'],
      error: 'FILE: 5 lines are cut off or damaged; what else there is is answered',
    });
  });

  it('is told also where no other line has traces', async () => {
    expect(await read(`${batch('a').slice(0, -9)}\n`)).toMatchObject({ names: [], error: ONE_LOST });
  });
});

describe('a first line that is cut off where JSON over many lines could go on', () => {
  it.each(['[', '{', ','])('is told as lost, and those after it are read: %s', async (last) => {
    const whole = batch('lost');
    const text = `${whole.slice(0, whole.indexOf(last, 30) + 1)}\n${batch('a')}\n${batch('b')}\n`;
    expect(await read(text)).toEqual({
      names: ['a', 'b'],
      notes: ['FILE, line 1: a part of it is cut off or damaged; skipped'],
      error: ONE_LOST,
    });
  });
});

describe('batches on the line of a stump', () => {
  const PART = ['FILE, line 1: a part of it is cut off or damaged; skipped'];

  // The stump ends within a text, a key, a number, between members, before a value, in the first few bytes.
  const whole = batch('lost');
  const ends = [
    whole.indexOf('lost') + 2,
    whole.indexOf('"spanId"') + 4,
    whole.indexOf('intValue') + 12,
    ...[whole.indexOf(',', 80), whole.indexOf(',', 80) + 1],
    ...[whole.lastIndexOf('[') + 1, whole.lastIndexOf('{') + 1],
    ...[1, 5, 17],
  ];
  it.each(ends)('are read, and the stump of %i bytes told as lost', async (end) => {
    const text = `${whole.slice(0, end)}${batch('a', '"}]} {"resourceSpans":')}\n${batch('b')}\n`;
    expect(await read(text)).toEqual({ names: ['a', 'b'], notes: PART, error: ONE_LOST });
  });

  it('are read behind zeros, as a file system leaves them that has crashed', async () => {
    const text = `${'\0'.repeat(5000)}${batch('a')}\n${batch('b')}${'\0'.repeat(99)}${batch('c')}\n`;
    expect(await read(text)).toMatchObject({
      names: ['a', 'b', 'c'],
      error: 'FILE: 2 lines are cut off or damaged; what else there is is answered',
    });
  });

  it('are read between stumps, also on a last line without its end', async () => {
    const stump = whole.slice(0, -30);
    const text = [stump, batch('a'), stump, stump, batch('b'), batch('c'), stump].join('');
    for (const end of ['', '\n'])
      expect(await read(text + end)).toEqual({ names: ['a', 'b', 'c'], notes: PART, error: ONE_LOST });
  });

  it('are read before what is still being written, which is no loss', async () => {
    expect(await read(`${batch('a')}${whole.slice(0, -30)}`)).toEqual({
      names: ['a'],
      notes: ['FILE, line 1: cut off (a file still being written?); skipped'],
      error: undefined,
    });
  });

  it('are told of also where only other traces are wanted', async () => {
    const { traceId } = slowEvent();
    const found = await read(`${whole.slice(0, -30)}${batch('a')}\n`, { traceIds: [traceId] });
    expect(found).toMatchObject({ names: [], error: ONE_LOST });
  });

  it('are not looked for in the lines of others, nor in JSON that is whole', async () => {
    const text = `app | ${batch('a')}\n{"resourceSpans":null}\n{"resourceSpans":5}{"resourceSpans":6}\n${batch('b')}\n`;
    expect(await read(text)).toMatchObject({ names: ['b'], error: undefined });
  });

  it.each([300_000, 600_000])('come after %i stumps, each of which is looked at once', async (count) => {
    const text = `${'{"resourceSpans":['.repeat(count)}${batch('a')}\n`;
    const { spans, error } = await readFile(folder.write('stumps', text));
    expect(spans.map(({ name }) => name)).toEqual(['a']);
    expect(error).toBe(ONE_LOST);
  });
});

describe('whole batches that are set out as those of a list', () => {
  // Longer than a first line is that may be the first of JSON over many lines.
  const long = (name: string) => batch(name, 'x'.repeat(5000));
  const [a, b, c] = [long('a'), long('b'), long('c')];
  it.each([
    ['with a comma behind each', `${a},\n${b},\n${c}\n`],
    ['with a comma behind the last, too', `${a},\n${b},\n${c},\n`],
    ['with space behind each', `${a} \t\n${b}\t\r\n${c} \r\n`],
    ['with space behind commas', `${a}, \n${b},\t\n${c},\r\n`],
    ['with brackets around them', `[${a},\n${b},\n${c}]\n`],
    ['with brackets on lines of their own', `[\n${a},\n${b},\n${c}\n]\n`],
    ['with the last bracket on a line of its own', `[${a},\n${b},\n${c}\n]\n`],
    ['with a comma before each', `${a}\n,${b}\n, ${c}\n`],
    ['several a line', `[${a},${b},\n${c}]`],
    ['without a last end of line', `${a},\n${b},\n${c},`],
  ])('are read, and nothing is told of them: %s', async (_, text) => {
    expect(await read(text)).toEqual({ names: ['a', 'b', 'c'], notes: [], error: undefined });
    const others = await read(text, { traceIds: [slowEvent().traceId] });
    expect(others).toEqual({ names: [], notes: [], error: undefined });
  });

  it('are read beside JSON that is deep, or of another kind, on their line', async () => {
    const deep = `"status":{"a":${'['.repeat(220)}${']'.repeat(220)}}`;
    const text = `${a}${b.replace('"status":{}', deep)}\n${c}{"resourceSpans":5}\n`;
    expect(await read(text)).toEqual({ names: ['a', 'b', 'c'], notes: [], error: undefined });
  });

  it('hide no stump between them', async () => {
    const found = await read(`[${a},\n${b.slice(0, -20)},\n${c}]\n`);
    expect(found).toMatchObject({ names: ['a', 'c'], error: ONE_LOST });
  });
});

describe('JSON of another kind', () => {
  it.each(['', ' ', '\t', '\r', ' \t\r'])('is no damage, whatever space is behind it: %j', async (space) => {
    expect(await read(`${batch('a')}\n{"resourceSpans":5}${space}\n`)).toEqual({
      names: ['a'],
      notes: ['FILE, line 2: no {"resourceSpans":[…]} in JSON; skipped'],
      error: undefined,
    });
  });
});

describe('a line too long to be held that is cut off before healthy ones', () => {
  it('is told as lost from there on', async () => {
    const long = batch('long', 'x'.repeat(9_000_000));
    const text = `${long.slice(0, -60)}\n${batch('a')}\n`;
    for (const options of [{}, { parallelFromBytes: 0 }]) {
      const { spans, notes, error } = await readFile(folder.write('long', text), { fields: [] }, options);
      expect(spans.map(({ name }) => name)).toEqual(['a']);
      expect(notes).toEqual(['FILE, line 1: cut off or damaged; skipped']);
      expect(error).toBe(ONE_LOST);
    }
  });

  const stump = batch('lost', 'x'.repeat(9_000_000)).slice(0, -200);
  const PART = ['FILE, line 1: a part of it is cut off or damaged; skipped'];
  const names = async (text: string) => {
    const found = [];
    for (const parallelFromBytes of [Number.POSITIVE_INFINITY, 0]) {
      const options = { parallelFromBytes, rangeBytes: 1_000_000 };
      const { spans, notes, error } = await readFile(folder.write('stumps', text), { fields: [] }, options);
      found.push({ names: spans.map(({ name }) => name).sort(), notes, error });
    }
    expect(found[1]).toEqual(found[0]);
    return found[0];
  };

  it('has the batches read that stand behind the stump, wherever the pieces end that it is read in', async () => {
    for (const more of [0, 1, 7, 15, 16, 17]) {
      const behind = Array.from({ length: 40 }, (_, at) => batch(`a${at}`, 'y'.repeat(70_000 + more)));
      const found = await names(`${stump}${behind.join('')}${stump}${batch('b')}\n${batch('c')}\n`);
      expect(found).toMatchObject({ notes: PART, error: ONE_LOST });
      expect(found?.names).toEqual(
        [...behind.keys()]
          .map((at) => `a${at}`)
          .concat('b', 'c')
          .sort(),
      );
    }
  });

  it('has them read behind zeros, too', async () => {
    const found = await names(`${'\0'.repeat(9_000_000)}${batch('a')}\n${batch('b')}\n`);
    expect(found).toEqual({ names: ['a', 'b'], notes: PART, error: ONE_LOST });
  });

  it.each([
    ['with brackets around it', (a: string, b: string) => `[${a},\n${b}]\n`],
    ['with a comma before each', (a: string, b: string) => `${a}\n,${b}\n`],
    ['with space, and the last bracket', (a: string, b: string) => `${a}, \t\r\n${b} ]\r\n`],
  ])('is no damage where it is one of a list: %s', async (_, list) => {
    const [a, b] = ['a', 'b'].map((name) => batch(name, 'x'.repeat(18_000_000)));
    expect(await names(list(a ?? '', b ?? ''))).toEqual({ names: ['a', 'b'], notes: [], error: undefined });
  });

  it('is no stump where whole batches follow each other, also in an answer or a list', async () => {
    const long = batch('a', 'x'.repeat(5_000_000));
    const answers = `{"result":${long}}{"result":${long}}\n`;
    const list = `[${long},${long}]\n`;
    const found = await names(`${long}${long} ${batch('b')}\n${answers}${list}`);
    expect(found).toEqual({ names: ['a', 'a', 'a', 'a', 'a', 'a', 'b'], notes: [], error: undefined });
  });
});
