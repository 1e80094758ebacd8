import { truncateSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/traces/trace-source.js';
import { createFolder, readFile, SMALL_RANGES } from './files.js';
import { type OtlpSpan, otlpBatch, otlpSpan, SOME_TIME, slowEvent } from './otlp-spans.js';

const TRACE_ID = '0000000000000000000000000000abcd';
const SPAN_ID = '00000000000000aa';

let folder: ReturnType<typeof createFolder>;
beforeAll(() => {
  folder = createFolder();
});
afterAll(() => folder.remove());

function line(...spans: readonly OtlpSpan[]): string {
  return `${JSON.stringify(otlpBatch(spans))}\n`;
}

function spansNamed(...names: readonly string[]): OtlpSpan[] {
  return names.map((name) => otlpSpan({ name }));
}

async function namesIn(content: string | Uint8Array, options = {}): Promise<string[]> {
  const { spans, notes, error } = await readFile(folder.write('names', content), {}, options);
  expect({ notes, error }).toEqual({ notes: [], error: undefined });
  return spans.map(({ name }) => name).sort();
}

describe('a trace file', () => {
  it('gives spans as they were written, with what was asked for of each', async () => {
    const span = {
      ...slowEvent({
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        startUnixMs: SOME_TIME + 0.25,
        durationMs: 812.000123,
      }),
      events: [
        {
          name: 'exception',
          timeUnixNano: '1728043200123456789',
          attributes: [{ key: 'exception.message', value: { stringValue: 'no' } }],
        },
      ],
      status: { code: 2, message: 'no' },
    };
    const path = folder.write('whole', line(span));
    const { spans } = await readFile(path);
    expect(spans).toEqual([
      {
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        parentSpanId: undefined,
        name: 'Strategy.AllocatedWithOrigin',
        kind: 'consumer',
        status: 'error',
        serviceName: 'grants-indexer',
        startUnixMs: SOME_TIME + 0.25,
        durationMs: 812.000123,
        attributes: {
          chainId: 42161,
          roundId: '27',
          applicationId: '3',
          eventName: 'AllocatedWithOrigin',
          slow: true,
          slowThresholdMs: 500,
          slowCause: 'InsertDonation > pg.query:INSERT grants',
          slowCauseMs: 609,
        },
        events: [
          { name: 'exception', unixMs: 1728043200123.4568, attributes: { 'exception.message': 'no' } },
        ],
      },
    ]);
    const { spans: some } = await readFile(path, { fields: ['roundId', 'nothing'] });
    expect(some[0]).toMatchObject({ attributes: { roundId: '27' }, events: [] });
  });

  it('is read the same in two threads, wherever its lines are cut', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => line(...spansNamed(`a${at}`, `b${at}`)));
    const path = folder.write('cut', `\uFEFF${lines.join('')}`);
    const alone = await readFile(path);
    for (const rangeBytes of [1, 7, 100, 1000, 5000, 1e9]) {
      const both = await readFile(path, {}, { parallelFromBytes: 0, rangeBytes });
      expect(both.notes).toEqual([]);
      expect(both.spans.sort((a, b) => (a.spanId < b.spanId ? -1 : 1))).toEqual(
        [...alone.spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1)),
      );
    }
  });

  it('says the same of its faults in two threads, line numbers and all', async () => {
    const good = line(otlpSpan({}));
    const bad = line({ ...otlpSpan({}), endTimeUnixNano: '1' });
    const text = `${good}\nnonsense\r\n${good}${bad}${'{}\n'.repeat(5)}${good}${good.slice(0, 99)}`;
    const path = folder.write('faults', text);
    const alone = await readFile(path);
    expect(alone.notes).toEqual([
      'FILE, line 3: no {"resourceSpans":[…]} in JSON; skipped',
      'FILE, line 5: a span ends before it begins; skipped',
      'FILE, line 6: no {"resourceSpans":[…]} in JSON; skipped',
      'FILE: 5 more like these skipped',
    ]);
    expect(alone.spans).toHaveLength(3);
    for (const rangeBytes of [1, 64, 300]) {
      const { notes, spans } = await readFile(path, {}, { parallelFromBytes: 0, rangeBytes });
      expect(notes).toEqual(alone.notes);
      expect(spans).toHaveLength(3);
    }
  });

  it('may have lines that end as on Windows, and be put together of several', async () => {
    const [a, b, c] = spansNamed('a', 'b', 'c').map((span) => line(span)) as [string, string, string];
    expect(await namesIn(`${a.replace('\n', '\r\n')}\r\n${b}${c.trimEnd()}`)).toEqual(['a', 'b', 'c']);
    expect(await namesIn(`${a.trimEnd()} ${b}${c}`)).toEqual(['a', 'b', 'c']);
  });

  it('may be gzip of several members', async () => {
    const [a, b] = spansNamed('a', 'b').map((span) => gzipSync(line(span))) as [Buffer, Buffer];
    expect(await namesIn(Buffer.concat([a, b]))).toEqual(['a', 'b']);
  });

  it('answers what came before the damage of a gzip, with the faults in it', async () => {
    const text = Array.from({ length: 500 }, () => line(slowEvent())).join('');
    const packed = gzipSync(`nonsense\n${text}`);
    // The checksum, which stands at the end.
    packed.fill(0x55, packed.length - 8);
    const { spans, notes, error } = await readFile(folder.write('damaged', packed));
    expect(spans.length).toBeGreaterThan(100);
    expect(spans.length).toBeLessThan(500);
    expect(notes).toEqual(['FILE, line 1: no {"resourceSpans":[…]} in JSON; skipped']);
    expect(error).toMatch(/^FILE: the gzip is damaged \(Z_DATA_ERROR\); what came before is answered$/);
  });

  it('counts what the Collector writes of other signals, and reads the traces between', async () => {
    const text = `{"resourceLogs":[]}\n${line(otlpSpan({}))}{"resourceMetrics":[{}]}\n{"resourceLogs":[{"a":1}]}\n`;
    const path = folder.write('signals', text);
    for (const options of [{}, SMALL_RANGES]) {
      const { spans, notes, error } = await readFile(path, {}, options);
      expect(spans).toHaveLength(1);
      expect(notes).toEqual(['FILE: lines that hold no traces skipped: 2 of logs, 1 of metrics']);
      expect(error).toBeUndefined();
    }
    const { error } = await readFile(folder.write('logs', '{"resourceLogs":[]}\n'));
    expect(error).toBe('FILE holds no traces, but lines of other signals: 1 of logs');
  });

  it('refuses what is no trace file, also in two threads', async () => {
    const path = folder.write('notes', 'one\ntwo\n'.repeat(50));
    for (const options of [{}, SMALL_RANGES]) {
      const { error } = await readFile(path, {}, options);
      expect(error).toBe('FILE is no trace file: expected {"resourceSpans":[…]} on each line, found none');
    }
  });

  it('can hold batches that are empty', async () => {
    const { error, notes } = await readFile(folder.write('batches', '{"resourceSpans":[]}\n'));
    expect({ error, notes }).toEqual({ error: undefined, notes: [] });
  });

  it('is told from a folder and from nothing', async () => {
    expect((await readFile(folder.path)).error).toBe('FILE is a folder; name the trace file in it');
    expect((await readFile(`${folder.path}/none`)).error).toMatch(/^FILE: no such file;/);
    expect(await readFile(folder.write('empty', ' \n\n'))).toEqual({
      spans: [],
      notes: ['FILE is empty'],
      error: undefined,
    });
  });

  it('tells how far it is, in bytes, and no more than now and then', async () => {
    const text = Array.from({ length: 300 }, () => line(slowEvent())).join('');
    const told: Progress[] = [];
    await readFile(
      folder.write('progress', text),
      { onProgress: (progress) => told.push(progress) },
      SMALL_RANGES,
    );
    for (const { done, total, unit } of told) {
      expect(unit).toBe('bytes');
      expect(total).toBe(text.length);
      expect(done).toBeLessThanOrEqual(text.length);
    }
    expect(told.length).toBeLessThan(50);
  });
});

describe('a search in a trace file', () => {
  const event = slowEvent({ traceId: TRACE_ID, spanId: SPAN_ID, attributes: { transactionHash: '0xAB' } });
  const insert = otlpSpan({
    name: 'InsertDonation',
    traceId: TRACE_ID,
    parentSpanId: SPAN_ID,
    attributes: { chainId: 1 },
  });
  const other = slowEvent({ attributes: { transactionHash: '0xcd' } });
  const otherInsert = otlpSpan({
    name: 'InsertDonation',
    traceId: other.traceId,
    parentSpanId: other.spanId,
  });
  // Children leave first, and a trace may be spread over the file.
  const text = [[insert], [otherInsert, other], [event]].map((spans) => line(...spans)).join('');

  it.each(['one thread', 'two threads', 'gzip'])(
    'finds steps by what their event span says: %s',
    async (way) => {
      const path = folder.write('event', way === 'gzip' ? gzipSync(text) : text);
      const filter = {
        spans: { named: 'InsertDonation' },
        event: { attributes: { transactionHash: '0xab' } },
      };
      const { spans } = await readFile(
        path,
        { filter, fields: [] },
        way === 'two threads' ? SMALL_RANGES : {},
      );
      expect(spans.map(({ spanId }) => spanId)).toEqual([insert.spanId]);
    },
  );

  it.each([{}, SMALL_RANGES])('finds traces by their ids, spread over the file: %j', async (options) => {
    const path = folder.write('ids', text);
    const { spans } = await readFile(path, { traceIds: [TRACE_ID] }, options);
    expect(spans.map(({ spanId }) => spanId).sort()).toEqual([SPAN_ID, insert.spanId].sort());
    const filter = { spans: 'all', event: { attributes: { transactionHash: '0xcd' } } } as const;
    expect((await readFile(path, { traceIds: [TRACE_ID], filter }, options)).spans).toEqual([]);
  });

  it('looks at time, service, kind, attributes, errors and duration', async () => {
    const path = folder.write('search', line(event) + line(insert));
    const countOf = async (search: object): Promise<number> => (await readFile(path, search)).spans.length;
    expect(await countOf({ sinceUnixMs: SOME_TIME })).toBe(2);
    expect(await countOf({ sinceUnixMs: SOME_TIME + 1 })).toBe(0);
    expect(await countOf({ untilUnixMs: SOME_TIME })).toBe(0);
    expect(await countOf({ serviceName: 'grants-indexer' })).toBe(2);
    expect(await countOf({ serviceName: 'other' })).toBe(0);
    expect(await countOf({ filter: { spans: 'events' } })).toBe(1);
    expect(await countOf({ filter: { spans: 'all', slow: true } })).toBe(1);
    expect(await countOf({ filter: { spans: 'all', errors: true } })).toBe(0);
    expect(await countOf({ filter: { spans: 'all', minDurationMs: 2 } })).toBe(1);
    expect(await countOf({ filter: { spans: 'all', attributes: { chainId: '1' } }, fields: [] })).toBe(1);
  });
});

describe('spans that others wrote', () => {
  async function spansOf(...spans: readonly object[]) {
    return readFile(folder.write('others', line(...(spans as OtlpSpan[]))));
  }

  it('keep arrays, maps, bytes and large numbers as text', async () => {
    const attributes = [
      { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }, {}] } } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 0.5 } }] } } },
      { key: 'bytes', value: { bytesValue: 'AAEC' } },
      { key: 'large', value: { intValue: '9223372036854775807' } },
      { key: 'small', value: { intValue: '-5' } },
      { key: 'number', value: { intValue: 7 } },
      { key: 'nan', value: { doubleValue: 'NaN' } },
      { key: 'nothing', value: {} },
    ];
    const { spans } = await spansOf({ ...otlpSpan({}), attributes });
    expect(spans[0]?.attributes).toEqual({
      list: '["a",2,null]',
      map: '{"k":0.5}',
      bytes: 'AAEC',
      large: '9223372036854775807',
      small: -5,
      number: 7,
      nan: Number.NaN,
    });
  });

  it('may lack a name, a kind, a status, and their parent', async () => {
    const { name: _, kind: __, status: ___, ...span } = otlpSpan({ parentSpanId: 'ffffffffffffffff' });
    const { spans, notes } = await spansOf(span);
    expect(spans).toMatchObject([
      { name: '', kind: 'internal', status: 'unset', parentSpanId: 'f'.repeat(16) },
    ]);
    expect(notes).toEqual([]);
  });

  it('may be their own ancestors, and come twice', async () => {
    const a = otlpSpan({ traceId: TRACE_ID, spanId: SPAN_ID, parentSpanId: SPAN_ID });
    expect((await spansOf(a, a)).spans).toHaveLength(2);
  });

  it('may have enums by name, ids without their leading zeros or in base64, and times as numbers', async () => {
    const span = {
      ...otlpSpan({}),
      traceId: 'ABCD',
      spanId: Buffer.from(SPAN_ID, 'hex').toString('base64'),
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR' },
      startTimeUnixNano: SOME_TIME * 1e6,
      endTimeUnixNano: SOME_TIME * 1e6 + 5e6,
    };
    expect((await spansOf(span)).spans).toMatchObject([
      { traceId: TRACE_ID, spanId: SPAN_ID, kind: 'client', status: 'error', startUnixMs: SOME_TIME },
    ]);
  });

  it('may stand before the resource that names their service, and in groups of an older name', async () => {
    const [{ resource, scopeSpans }] = otlpBatch(spansNamed('a')).resourceSpans as [
      ReturnType<typeof otlpBatch>['resourceSpans'][0] & object,
    ];
    const turned = { resourceSpans: [{ scopeSpans, resource }] };
    const older = { resourceSpans: [{ resource, instrumentationLibrarySpans: scopeSpans }] };
    const path = folder.write('turned', `${JSON.stringify(turned)}\n${JSON.stringify(older)}\n`);
    const { spans } = await readFile(path);
    expect(spans.map(({ name, serviceName }) => [name, serviceName])).toEqual([
      ['a', 'grants-indexer'],
      ['a', 'grants-indexer'],
    ]);
  });
});

describe('JSON that is no lines', () => {
  const jaeger = {
    data: [
      {
        traceID: 'abcd',
        spans: [
          {
            traceID: 'abcd',
            spanID: 'aa',
            operationName: 'a',
            references: [],
            startTime: SOME_TIME * 1000,
            duration: 1500,
            tags: [{ key: 'span.kind', type: 'string', value: 'consumer' }],
            logs: [
              { timestamp: SOME_TIME * 1000, fields: [{ key: 'event', type: 'string', value: 'retry' }] },
            ],
            processID: 'p1',
          },
        ],
        processes: { p1: { serviceName: 'grants-indexer', tags: [] } },
      },
    ],
    total: 0,
    errors: null,
  };
  const ofJaeger = {
    traceId: TRACE_ID,
    spanId: SPAN_ID,
    name: 'a',
    kind: 'consumer',
    serviceName: 'grants-indexer',
    startUnixMs: SOME_TIME,
    durationMs: 1.5,
    events: [{ name: 'retry', unixMs: SOME_TIME, attributes: {} }],
  };

  it.each([0, 2])('is what the UI of Jaeger saves, indented by %i', async (indent) => {
    const { spans, notes } = await readFile(
      folder.write('jaeger', JSON.stringify(jaeger, undefined, indent)),
    );
    expect(spans).toMatchObject([ofJaeger]);
    expect(notes).toEqual([]);
  });

  it('is OTLP over many lines, one document or several', async () => {
    const pretty = (name: string): string => JSON.stringify(otlpBatch(spansNamed(name)), undefined, 2);
    expect(await namesIn(pretty('a'))).toEqual(['a']);
    expect(await namesIn(`\n${pretty('a')}\n${pretty('b')}${line(...spansNamed('c'))}`)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(await namesIn(pretty('a'), SMALL_RANGES)).toEqual(['a']);
    expect(await namesIn(gzipSync(pretty('a')))).toEqual(['a']);
    expect(await namesIn(`[${pretty('a')},\n${pretty('b')}]`)).toEqual(['a', 'b']);
  });

  it('is what the API of Jaeger answers, on one line or many, several in one file', async () => {
    const answer = (name: string, indent?: number): string =>
      JSON.stringify({ result: otlpBatch(spansNamed(name)) }, undefined, indent);
    expect(await namesIn(answer('a') + answer('b'))).toEqual(['a', 'b']);
    expect(await namesIn(`${answer('a')}\n${answer('b')}\n`)).toEqual(['a', 'b']);
    expect(await namesIn(answer('a', 2) + answer('b', 2))).toEqual(['a', 'b']);
  });

  it('is answered as far as it goes where it is cut off or damaged, with the line', async () => {
    const pretty = JSON.stringify(otlpBatch(spansNamed('a', 'b', 'c')), undefined, 1);
    const cut = await readFile(folder.write('cut', pretty.slice(0, pretty.indexOf('"name": "c"'))));
    expect(cut.spans.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(cut.notes).toEqual([
      expect.stringMatching(/^FILE, line \d+: cut off \(a file still being written\?\); skipped$/),
    ]);
    const lines = pretty.split('\n');
    const at = lines.findIndex((text) => text.includes('"scope"'));
    lines[at] = '§§§';
    const damaged = await readFile(folder.write('damaged', lines.join('\n')));
    expect(damaged.notes).toEqual([`FILE, line ${at + 1}: no JSON from here on; skipped`]);
  });
});

describe('what is too large to be held', () => {
  it.each([Number.POSITIVE_INFINITY, 0])(
    'is read span by span where it is one line, and those after it too: two threads from %i bytes on',
    async (parallelFromBytes) => {
      const spans = Array.from({ length: 30 }, () =>
        slowEvent({ attributes: { text: 'x"\\'.repeat(200_000) } }),
      );
      const path = folder.write(
        'long',
        `${line(...spansNamed('first'))}${line(...spans)}${line(...spansNamed('last'))}nonsense`,
      );
      const read = await readFile(path, { fields: ['slow'] }, { parallelFromBytes });
      expect(read.error).toBeUndefined();
      expect(read.spans.map(({ spanId }) => spanId)).toEqual(
        expect.arrayContaining(spans.map(({ spanId }) => spanId)),
      );
      expect(read.spans.filter(({ serviceName }) => serviceName === 'grants-indexer')).toHaveLength(32);
      expect(read.notes).toEqual(['FILE, line 4: cut off (a file still being written?); skipped']);
    },
  );

  it('gives spans their service also where it stands behind them', async () => {
    const { resourceSpans } = otlpBatch([slowEvent({ attributes: { text: 'x'.repeat(9_000_000) } })]);
    const turned = resourceSpans.map(({ resource, scopeSpans }) => ({ scopeSpans, resource }));
    const path = folder.write('turned', JSON.stringify({ resourceSpans: turned }));
    const { spans, notes } = await readFile(path, { fields: [] });
    expect(spans.map(({ serviceName }) => serviceName)).toEqual(['grants-indexer']);
    expect(notes).toEqual([]);
  });

  it('is passed over where it is zeros, as a file system leaves them that has crashed', async () => {
    const path = folder.write('sparse', line(...spansNamed('a')));
    truncateSync(path, 100_000_000);
    const { spans, notes, error } = await readFile(path, {}, { parallelFromBytes: 0 });
    expect(spans.map(({ name }) => name)).toEqual(['a']);
    expect(notes).toEqual(['FILE, line 2: no JSON from here on; skipped']);
    expect(error).toBeUndefined();
  });
});
