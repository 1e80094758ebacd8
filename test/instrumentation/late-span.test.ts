import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import type { Running } from '../../instrumentation/recorder/late-span.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';
import { runClient, settleWhileWaiting } from '../../instrumentation/recorder/recorder-tracer.js';

const STATEMENT = { name: 'statement', attributes: { 'db.system.name': 'postgresql' } };

function recording() {
  const seen: string[] = [];
  const ended: ReadableSpan[] = [];
  const recorder = new Recorder({
    resource: resourceFromAttributes({}),
    spanProcessors: [
      {
        onStart: (span) => void seen.push(`start ${span.name} ${span.isRecording()}`),
        onEnd: (span) => {
          seen.push(`end ${span.name}`);
          ended.push(span);
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  const steps = recorder.getTracer('grants-otel');
  const statements = recorder.getTracer('statements');
  const start = (name: string, parent: Context = ROOT_CONTEXT): { span: Span; below: Context } => {
    const span = steps.startSpan(name, {}, parent);
    return { span, below: trace.setSpan(parent, span) };
  };
  const run = (below: Context, describe = () => STATEMENT): Running => runClient(statements, below, describe);
  return { recorder, statements, seen, ended, start, run };
}

function toMs([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1000 + nanos / 1e6;
}

test('a client span is made and described when there is time, and tells when it was all the same', () => {
  const { recorder, seen, ended, start, run } = recording();
  const { span, below } = start('step');
  const described: string[] = [];
  const statement = run(below, () => {
    described.push('statement');
    return STATEMENT;
  });
  statement.end();
  span.end();
  expect([seen, described]).toEqual([[], []]);
  recorder.settle();
  expect(described).toEqual(['statement']);
  expect(seen).toEqual(['start step true', 'start statement true', 'end statement', 'end step']);
  const [inner, outer] = ended as [ReadableSpan, ReadableSpan];
  expect(inner).toMatchObject({ kind: SpanKind.CLIENT, ended: true, shared: STATEMENT.attributes });
  expect(inner.parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  expect(inner.instrumentationScope.name).toBe('statements');
  const times = [outer.startTime, inner.startTime, inner.endTime, outer.endTime].map(toMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('one that is under way is made before anybody is told of an end, and ends later', () => {
  const { recorder, seen, start, run } = recording();
  const { span, below } = start('step');
  const [first, second] = [run(below), run(below, () => ({ ...STATEMENT, name: 'second' }))];
  span.end();
  first.end();
  recorder.settle();
  expect(seen).toEqual([
    'start step true',
    'start second true',
    'start statement true',
    'end step',
    'end statement',
  ]);
  second.end();
  recorder.settle();
  expect(seen.at(-1)).toBe('end second');
});

test('one that fails is made then, so that an outer step knows of it', () => {
  const { recorder, ended, start, run } = recording();
  const { below } = start('step');
  run(below).fail(Object.assign(new Error('no'), { code: '23505' }));
  recorder.settle();
  const [span] = ended as [ReadableSpan];
  expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no' });
  expect(span.events.map(({ name }) => name)).toEqual(['exception']);
});

test('one that cannot be described is left out, whether it fails or not, and the others are not', () => {
  const { recorder, seen, start, run } = recording();
  const { below } = start('step');
  const describe = (): never => {
    throw new Error('of a client');
  };
  const [bad, worse, good] = [run(below, describe), run(below, describe), run(below)];
  bad.end();
  expect(() => worse.fail(new Error('of the database'))).not.toThrow();
  good.end();
  expect(() => recorder.settle()).not.toThrow();
  expect(seen).toEqual(['start step true', 'start statement true', 'end statement']);
});

test('a span that is made elsewhere is told of at once, after those that it may be below', () => {
  const { recorder, seen, start } = recording();
  const { below } = start('step');
  expect(seen).toEqual([]);
  recorder.getTracer('of the application').startSpan('span', {}, below);
  expect(seen).toEqual(['start step true', 'start span true']);
});

test('while the host waits, processors are told of many at once, not of each', () => {
  const { statements, seen, start, run } = recording();
  const { below } = start('step');
  for (let count = 1; count <= 128; count++) {
    run(below).end();
    settleWhileWaiting(statements);
    expect(seen.filter((one) => one.startsWith('end'))).toHaveLength(count < 128 ? 0 : 128);
  }
});

test('nothing is held of what has ended, in whatever order', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { recorder, ended, start, run } = recording();
  const { below } = start('step');
  const held: WeakRef<object>[] = [];
  const runOne = (name?: string): Running => {
    const client = { name };
    held.push(new WeakRef(client));
    return run(below, () => {
      if (client.name === undefined) throw new Error('of a client');
      return { ...STATEMENT, name: client.name };
    });
  };
  (() => {
    const running = [runOne('a'), runOne('b'), runOne('c')];
    for (const at of [1, 2, 0]) running[at]?.end();
    runOne('d').fail(new Error('no'));
    runOne().end();
    runOne().fail(new Error('no'));
    recorder.settle();
    ended.length = 0;
  })();
  await new Promise((done) => setImmediate(done));
  collectGarbage();
  expect(held.map((client) => client.deref())).toEqual(Array.from({ length: 6 }));
});
