import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing, TraceState } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  type ReadableSpan,
  type Span as SdkSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { setOwnAttribute } from '../../instrumentation/own-attribute.js';
import type { RecordedSpan } from '../../instrumentation/recorder/recorded-span.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';

const resource = resourceFromAttributes({ 'service.name': 'recorder' });

/** What is left of a span when it has ended, without what differs from run to run. */
function comparable(span: ReadableSpan, ids: Map<string, string>) {
  const known = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `id ${ids.size}`);
    return ids.get(id) as string;
  };
  const contextOf = (of: SpanContext | undefined) =>
    of && {
      traceId: known(of.traceId),
      spanId: known(of.spanId),
      traceFlags: of.traceFlags,
      traceState: of.traceState?.serialize(),
      isRemote: of.isRemote,
    };
  const { name, kind, attributes, links, status, ended, instrumentationScope } = span;
  const { name: scopeName, version, schemaUrl } = instrumentationScope;
  return {
    ...{ name, kind, attributes, links, status, ended },
    scope: { name: scopeName, version, schemaUrl },
    context: contextOf(span.spanContext()),
    parent: contextOf(span.parentSpanContext),
    events: span.events.map(({ time: _, ...event }) => event),
    dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
    resource: span.resource.attributes,
    isStartBeforeEnd: toMs(span.startTime) <= toMs(span.endTime),
    isDurationTheDifference:
      Math.abs(toMs(span.duration) - (toMs(span.endTime) - toMs(span.startTime))) < 0.01,
  };
}

function toMs([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1000 + nanos / 1e6;
}

/** Runs the same program on the SDK and on the recorder, and returns what each of them has of it. */
function onBoth(program: (tracer: Tracer) => unknown): { sdk: unknown; recorder: unknown } {
  const [sdk, recorder] = [
    (spanProcessors: SpanProcessor[]) => new BasicTracerProvider({ resource, spanProcessors }),
    (spanProcessors: SpanProcessor[]) => new Recorder({ resource, spanProcessors }),
  ].map((create) => {
    const ended: ReadableSpan[] = [];
    const seen: string[] = [];
    const collect: SpanProcessor = {
      onStart: (span) => void seen.push(`start ${span.name} ${span.isRecording()}`),
      onEnding: (span) => {
        seen.push(`ending ${span.name} ${span.isRecording()}`);
        span.setAttribute('written while ending', true);
      },
      onEnd: (span) => {
        seen.push(`end ${span.name} ${span.ended}`);
        ended.push(span);
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const provider = create([collect]);
    const result = program(provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://s' }));
    if (provider instanceof Recorder) provider.settle();
    const ids = new Map<string, string>();
    // The recorder tells of ends later.
    const starts = seen.filter((one) => one.startsWith('start '));
    const ends = seen.filter((one) => !one.startsWith('start '));
    return { result, seen: [...starts, ...ends], spans: ended.map((span) => comparable(span, ids)) };
  });
  return { sdk, recorder };
}

function expectSame(program: (tracer: Tracer) => unknown): void {
  const { sdk, recorder } = onBoth(program);
  expect((sdk as { seen: string[] }).seen.length).toBeGreaterThan(0);
  expect(recorder).toEqual(sdk);
}

const PARENT: SpanContext = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
  traceState: new TraceState('vendor=1'),
};

function below(parent: SpanContext) {
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

describe('the recorder', () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => context.disable());

  test('records a tree as the SDK does', () => {
    expectSame((tracer) =>
      tracer.startActiveSpan(
        'root',
        { kind: SpanKind.SERVER, attributes: { a: 1, none: undefined } },
        (root) => {
          tracer.startActiveSpan('child', (child) => {
            tracer.startSpan('grandchild', { kind: SpanKind.CLIENT }).end();
            tracer.startSpan('other root', { root: true }).end();
            child.end();
          });
          root.end();
          return root.isRecording();
        },
      ),
    );
  });

  test('goes on with a trace of another process, and leaves one alone that is not sampled', () => {
    expectSame((tracer) => {
      const child = tracer.startSpan('child', {}, below(PARENT));
      tracer.startSpan('grandchild', {}, trace.setSpan(ROOT_CONTEXT, child)).end();
      child.end();
      const unsampled = tracer.startSpan('unsampled', {}, below({ ...PARENT, traceFlags: TraceFlags.NONE }));
      const suppressed = tracer.startSpan('suppressed', {}, suppressTracing(below(PARENT)));
      const invalid = tracer.startSpan('invalid', {}, below({ ...PARENT, spanId: 'no id' }));
      invalid.end();
      return [unsampled, suppressed].map((span) => {
        const { spanId: _, ...rest } = span.spanContext();
        return [span.isRecording(), rest.traceId, rest.traceFlags, rest.traceState?.serialize()];
      });
    });
  });

  test.each<[string, (span: Span) => unknown]>([
    [
      'attributes of every kind',
      (span) => span.setAttributes({ s: 'x', n: 1, b: false, l: ['a', null, 'b'], nan: Number.NaN }),
    ],
    [
      'no attributes of other kinds',
      (span) => span.setAttributes({ o: {}, f: () => 1, m: ['a', 1], n: null, big: 1n, '': 1 } as never),
    ],
    ['more attributes than there may be', (span) => span.setAttributes(many(200))],
    [
      'an attribute that is written again at the limit',
      (span) => span.setAttributes(many(200)).setAttribute('k5', 'again'),
    ],
    [
      'a list that changes after',
      (span) => {
        const list = ['a'];
        span.setAttribute('list', list);
        list.push('b');
      },
    ],
    [
      'events',
      (span) =>
        span
          .addEvent('one')
          .addEvent('two', { a: 1, o: {} as never })
          .addEvent('three', 1700000000000)
          .addEvent('four', { b: 2 }, new Date(1700000000000)),
    ],
    [
      'more events than there may be',
      (span) => {
        for (let i = 0; i < 150; i++) span.addEvent(`e${i}`, many(i === 149 ? 200 : 1));
      },
    ],
    [
      'links',
      (span) =>
        span
          .addLink({ context: PARENT })
          .addLinks([{ context: PARENT, attributes: { a: 1, o: {} as never } }]),
    ],
    [
      'more links than there may be',
      (span) => {
        for (let i = 0; i < 150; i++)
          span.addLink({ context: PARENT, attributes: many(i === 149 ? 200 : 0) });
      },
    ],
    [
      'a failure',
      (span) =>
        span
          .setStatus({ code: SpanStatusCode.ERROR, message: 'why' })
          .setStatus({ code: SpanStatusCode.UNSET }),
    ],
    [
      'a success, which stays one',
      (span) =>
        span.setStatus({ code: SpanStatusCode.OK, message: 'no' }).setStatus({ code: SpanStatusCode.ERROR }),
    ],
    [
      'a failure whose message is no text',
      (span) => span.setStatus({ code: SpanStatusCode.ERROR, message: 7 as never }),
    ],
    ['another name', (span) => span.updateName('renamed')],
    ['an exception', (span) => span.recordException(Object.assign(new TypeError('m'), { stack: 'at x' }))],
    ['an exception with a code', (span) => span.recordException({ code: 7, message: 'm' })],
    [
      'exceptions that say nothing',
      (span) => {
        span.recordException('');
        span.recordException({} as never);
        span.recordException('text', 1700000000000);
      },
    ],
    [
      'nothing after its end',
      (span) => {
        span.end();
        span
          .setAttribute('a', 1)
          .addEvent('e')
          .addLink({ context: PARENT })
          .setStatus({ code: 2 })
          .updateName('n');
        span.end();
      },
    ],
  ])('takes %s as the SDK does', (_, write) => {
    expectSame((tracer) => {
      const span = tracer.startSpan('span');
      write(span);
      if (span.isRecording()) span.end();
      return span.isRecording();
    });
  });

  test.each<[string, unknown, unknown]>([
    ['milliseconds', 1700000000000, 1700000000500.25],
    ['dates', new Date(1700000000000), new Date(1700000000500)],
    ['seconds and nanoseconds', [1700000000, 5], [1700000001, 3]],
    ['an end before the start', 1700000000000, 1600000000000],
  ])('takes times given as %s', (_, startTime, endTime) => {
    const { sdk, recorder } = onBoth((tracer) => {
      const span = tracer.startSpan('span', { startTime: startTime as number });
      span.end(endTime as number);
      const { startTime: start, endTime: end, duration } = span as SdkSpan;
      return { start, end, duration };
    });
    expect(recorder).toEqual(sdk);
  });

  describe('with ended spans', () => {
    const recording = () => {
      const seen: string[] = [];
      const recorder = new Recorder({
        resource,
        spanProcessors: [
          {
            onStart() {},
            onEnding: (span) => {
              seen.push(`ending ${span.name}`);
              if (span.name === 'outer') recorder.getTracer('scope').startSpan('made meanwhile').end();
            },
            onEnd: (span) => void seen.push(`end ${span.name}`),
            forceFlush: async () => {},
            shutdown: async () => {},
          },
        ],
      });
      const end = (name: string): void => recorder.getTracer('scope').startSpan(name).end();
      return { recorder, seen, end };
    };

    test('tells the processors when it is asked to, in the order they ended, and of those that end meanwhile', () => {
      const { recorder, seen, end } = recording();
      end('inner');
      end('outer');
      expect(seen).toEqual([]);
      recorder.settle();
      const all = ['inner', 'outer', 'made meanwhile'].flatMap((name) => [`ending ${name}`, `end ${name}`]);
      expect(seen).toEqual(all);
      recorder.settle();
      expect(seen).toEqual(all);
    });

    test('tells them by itself in a moment', async () => {
      const { seen, end } = recording();
      end('a');
      await vi.waitFor(() => expect(seen).toEqual(['ending a', 'end a']), { timeout: 5000 });
      end('b');
      await vi.waitFor(() => expect(seen).toHaveLength(4), { timeout: 5000 });
    });

    test('does not let many pile up where nobody waits', () => {
      const { seen, end } = recording();
      for (let at = 0; at < 1000; at++) end('span');
      expect(seen.length / 2).toBeGreaterThan(1000 - 512);
    });

    test('does what is left for later in its turn, also on a span that has ended meanwhile', () => {
      const { recorder, seen } = recording();
      const span = recorder.getTracer('scope').startSpan('span') as RecordedSpan;
      span.later(() => {
        seen.push('later');
        span.setLate({ of: 'a call', many: [1, 2] });
      });
      span.end();
      expect(span.isRecording()).toBe(false);
      recorder.settle();
      expect(seen).toEqual(['later', 'ending span', 'end span']);
      expect(span.attributes).toEqual({ of: 'a call', many: [1, 2] });
      span.setLate({ of: 'nothing any more' });
      expect(span.attributes['of']).toBe('a call');
    });

    test('has room for what is left for later as for all else, and what stands there already stays', () => {
      const { recorder } = recording();
      const span = recorder.getTracer('scope').startSpan('span') as RecordedSpan;
      setOwnAttribute(span, 'interrupted', true);
      const many = (from: number, count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${from + index}`, index]));
      span.setLate(many(0, 100));
      span.setLate(many(90, 100));
      expect(Object.keys(span.attributes)).toHaveLength(129);
      expect(span.attributes).toMatchObject({ interrupted: true, a0: 0, a99: 9, a127: 37 });
      expect(span.droppedAttributesCount).toBe(62);
      const other = recorder.getTracer('scope').startSpan('other') as RecordedSpan;
      other.setLate(many(0, 128));
      other.setAttribute('one more', 1);
      expect([Object.keys(other.attributes).length, other.droppedAttributesCount]).toEqual([128, 1]);
    });

    test('goes on where what is left for later throws', () => {
      const { recorder, seen, end } = recording();
      const span = recorder.getTracer('scope').startSpan('span') as RecordedSpan;
      span.later(() => {
        throw new Error('of a row');
      });
      span.later(() => span.setLate({ next: true }));
      span.end();
      end('other');
      expect(() => recorder.settle()).not.toThrow();
      expect(seen).toEqual(['ending span', 'end span', 'ending other', 'end other']);
      expect(span.attributes).toEqual({ next: true });
    });

    test('does what is left for later before somebody writes attributes in its trace', () => {
      const { recorder } = recording();
      const tracer = recorder.getTracer('scope');
      const [span, other] = [tracer.startSpan('span') as RecordedSpan, tracer.startSpan('other')];
      const below = tracer.startSpan('below', {}, trace.setSpan(ROOT_CONTEXT, span));
      span.later(() => span.setLate({ by: 'a row', kept: true }));
      span.setAttribute('by', 'the application');
      span.later(() => span.setLate({ by: 'a row' }));
      other.setAttributes({ any: true });
      expect(span.attributes).toEqual({ by: 'the application', kept: true });
      below.setAttributes({ any: true });
      expect(span.attributes).toEqual({ by: 'a row', kept: true });
    });

    test('leaves a span that has ended as it is', () => {
      const { recorder } = recording();
      const span = recorder.getTracer('scope').startSpan('span');
      span.end();
      span.setAttribute('late', true);
      expect(span.isRecording()).toBe(false);
      recorder.settle();
      expect(span.isRecording()).toBe(false);
      expect((span as SdkSpan).attributes).toEqual({});
    });
  });

  test('tells the time of a span to the microsecond', () => {
    const before = Date.now();
    const ended: ReadableSpan[] = [];
    const onEnd = (span: ReadableSpan): void => void ended.push(span);
    const processor = { onStart() {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} };
    const recorder = new Recorder({ resource, spanProcessors: [processor] });
    const tracer = recorder.getTracer('scope');
    const root = tracer.startSpan('root');
    const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
    child.addEvent('now');
    child.end();
    root.end();
    recorder.settle();
    const [first, second] = ended as [ReadableSpan, ReadableSpan];
    expect(toMs(second.startTime)).toBeLessThanOrEqual(toMs(first.startTime));
    expect(toMs(first.endTime)).toBeLessThanOrEqual(toMs(second.endTime));
    expect(toMs(first.events[0]?.time ?? [0, 0])).toBeGreaterThanOrEqual(toMs(first.startTime));
    expect(toMs(first.startTime)).toBeGreaterThan(before - 5);
    expect(toMs(second.endTime)).toBeLessThan(Date.now() + 5);
    expect(toMs(second.duration)).toBeGreaterThan(0);
  });

  test('starts active spans with every signature', () => {
    expectSame((tracer) => [
      tracer.startActiveSpan('a', isActive),
      tracer.startActiveSpan('b', { kind: SpanKind.PRODUCER }, isActive),
      tracer.startActiveSpan('c', {}, below(PARENT), isActive),
    ]);
  });
});

function isActive(span: Span): boolean {
  span.end();
  return trace.getActiveSpan() === span;
}

function many(count: number): Attributes {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}
