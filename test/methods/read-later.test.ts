import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hearAnswerBelow } from '../../instrumentation/methods/columns.js';
import { wrapStep } from '../../instrumentation/methods/wrap-step.js';
import { doNothing } from '../../instrumentation/processors/guarded-processor.js';
import type { RecordedSpan } from '../../instrumentation/recorder/recorded-span.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';
import { idOf } from '../../src/tracing/event-scope.js';
import { eventScopeOf } from '../../src/tracing/step-context.js';
import { setEventAttributes, traceEvent } from '../../src/tracing/trace-event.js';
import { traceStep } from '../../src/tracing/trace-step.js';

const EVENT = { chainId: 10, contractName: 'Strategy', eventName: 'Allocated' };

/** A trace is taken as a whole unless a span takes that long. */
let leastSlowMs = 0;
const spans: RecordedSpan[] = [];
const recorder = new Recorder({
  resource: resourceFromAttributes({}),
  spanProcessors: [
    {
      onStart: doNothing,
      onEnd: (span) => void spans.push(span as RecordedSpan),
      forceFlush: async () => {},
      shutdown: async () => {},
    },
  ],
  ordinary: {
    isKept: () => true,
    mostWaiting: 32,
    get leastSlowMs() {
      return leastSlowMs;
    },
    take: (taken) => void spans.push(...taken),
  },
});

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(recorder);
});

afterAll(() => {
  trace.disable();
  context.disable();
});

/** Spans by their names, when all of them are told of. */
function settled(): Map<string, RecordedSpan> {
  recorder.settle();
  return new Map(spans.splice(0).map((span) => [span.name, span]));
}

const calls: string[] = [];

const readLater = wrapStep(
  {
    file: '/file.js',
    export: 'apply',
    name: 'apply',
    isReadLater: true,
    before: ({ args }) => {
      calls.push('before');
      return { step: { applicationId: args[0] as string, amount: '5' } };
    },
    after: (result: string) => {
      calls.push('after');
      return { step: { amountInUsd: result }, event: { roundId: '7', amount: result } };
    },
  },
  'apply',
);

describe.each([
  ['told one by one', 0],
  ['taken with all of their trace', Number.POSITIVE_INFINITY],
])('of spans that are %s', (_, leastMs) => {
  beforeAll(() => {
    leastSlowMs = leastMs;
  });

  test('a row that is read later is asked once each, when there is time, and tells all the same', () => {
    const apply = readLater(() => {
      calls.push('call');
      return '2.5';
    });
    expect(traceEvent(EVENT, () => apply('3'))).toBe('2.5');
    expect(calls.splice(0)).toEqual(['call']);
    const byName = settled();
    expect(calls.splice(0)).toEqual(['before', 'after']);
    expect(byName.get('apply')?.attributes).toEqual({ applicationId: '3', amount: '5', amountInUsd: '2.5' });
    expect(byName.get('Strategy.Allocated')?.attributes).toMatchObject({ roundId: '7', amount: '2.5' });
    expect(byName.get('Strategy.Allocated')?.scope?.ids).toEqual({ chainId: 10, roundId: '7' });
  });

  test('what it notes is noted before the application has the result, be it wrong or right', async () => {
    const noted: unknown[] = [];
    const noting = wrapStep(
      {
        file: '/file.js',
        export: 'noted',
        name: 'noted',
        isReadLater: true,
        note: (result: string, { args }) => {
          noted.push([...args, result]);
          throw new Error('a fault of the row');
        },
      },
      'noted',
    )(async (id) => `round ${id}`);
    await traceEvent(EVENT, async () => {
      expect(await noting('7')).toBe('round 7');
      expect(noted).toEqual([['7', 'round 7']]);
    });
    expect(settled().get('noted')?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('its ids are there for who asks for them below, and for the steps there', () => {
    const seen: unknown[] = [];
    const apply = readLater(() => {
      traceStep({ name: 'inner', attributes: { roundId: '9' } }, () => {
        const scope = eventScopeOf();
        seen.push(scope && [idOf(scope, 'chainId'), idOf(scope, 'roundId'), idOf(scope, 'applicationId')]);
      });
      return '1';
    });
    traceEvent(EVENT, () => apply('4'));
    expect(seen).toEqual([[10, '9', '4']]);
    expect(settled().get('apply')?.attributes['applicationId']).toBe('4');
    expect(calls.splice(0)).toEqual(['before', 'after']);
  });

  test('what the application tells the event after the call is not undone by what the row tells', () => {
    const apply = readLater(() => '1');
    traceEvent(EVENT, () => {
      apply('4');
      setEventAttributes({ roundId: '8', amount: '6' });
    });
    const event = settled().get('Strategy.Allocated');
    expect(event?.attributes).toMatchObject({ roundId: '8', amount: '6' });
    expect(event?.scope?.ids['roundId']).toBe('8');
    calls.length = 0;
  });

  test('spans that end between two calls have the id that the first one told', () => {
    const tellRound = wrapStep(
      {
        file: '/file.js',
        export: 'tell',
        name: 'tell',
        isReadLater: true,
        after: (roundId: string) => ({ event: { roundId } }),
      },
      'tell',
    );
    traceEvent(EVENT, () => {
      tellRound(() => '7')();
      traceStep('between', () => {});
      tellRound(() => '8')();
      traceStep('after', () => {});
    });
    const byName = settled();
    const roundOf = (name: string): unknown => byName.get(name)?.eventIds?.['roundId'];
    expect(['between', 'after', 'Strategy.Allocated'].map(roundOf)).toEqual(['7', '8', '8']);
  });

  test('spans that end after a call have the id that it changed', () => {
    const apply = readLater(() => '1');
    traceEvent({ ...EVENT, roundId: '6' }, () => {
      traceStep('before it', () => {});
      apply('4');
      traceStep('after it', () => {});
    });
    const byName = settled();
    const roundOf = (name: string): unknown => byName.get(name)?.eventIds?.['roundId'];
    expect(['before it', 'apply', 'after it', 'Strategy.Allocated'].map(roundOf)).toEqual([
      '6',
      '7',
      '7',
      '7',
    ]);
    calls.length = 0;
  });

  test('what comes of a call when its event is over changes nothing of the event', async () => {
    let answer: (amount: string) => void = () => {};
    const apply = readLater(() => new Promise<string>((resolve) => (answer = resolve)));
    const answered = traceEvent({ ...EVENT, roundId: '6' }, () => ({ by: apply('4') }));
    const event = settled().get('Strategy.Allocated');
    answer('1');
    await answered.by;
    expect(settled().get('apply')?.attributes['amountInUsd']).toBe('1');
    expect(event?.scope?.ids['roundId']).toBe('6');
    expect(event?.attributes['amount']).toBeUndefined();
    calls.length = 0;
  });

  test.each([true, undefined])(
    'the columns of answers are told, each as it was there first (read later: %s)',
    (isReadLater) => {
      const row = {
        file: '/file.js',
        export: 'apply',
        name: 'apply',
        columns: { donors: 'uniqueDonorsCount', total: 'totalAmountDonatedInUsd' },
        ...(isReadLater && { isReadLater }),
      } as const;
      let below = ROOT_CONTEXT;
      const apply = wrapStep(
        row,
        'apply',
      )(() => {
        below = context.active();
        for (const rows of [
          [{ donors: null }],
          [{ donors: '3' }, { donors: '4' }],
          [{ donors: '5', total: 'much' }],
        ])
          hearAnswerBelow(below, { rows });
        const unreadable = {
          get donors(): string {
            throw new Error('of a row');
          },
        };
        hearAnswerBelow(below, { rows: [unreadable] });
        hearAnswerBelow(below, { rows: [{ donors: '6', total: '7.5' }] });
      });
      traceEvent(EVENT, () => apply());
      hearAnswerBelow(below, { rows: [{ total: '8' }] });
      expect(settled().get('apply')?.attributes).toEqual({ uniqueDonorsCount: 5 });
    },
  );

  test('a row that is read at once tells the event also where its own step is not traced', () => {
    const apply = wrapStep(
      { file: '/file.js', export: 'apply', name: 'apply', before: () => ({ event: { roundId: '5' } }) },
      'apply',
    )(() => 'done');
    traceEvent(EVENT, () => context.with(suppressTracing(context.active()), () => apply()));
    const byName = settled();
    expect([...byName.keys()]).toEqual(['Strategy.Allocated']);
    expect(byName.get('Strategy.Allocated')?.attributes['roundId']).toBe('5');
  });

  test('a row that cannot read a call costs its attributes alone', () => {
    const failing = wrapStep(
      {
        file: '/file.js',
        export: 'apply',
        name: 'apply',
        isReadLater: true,
        before: () => {
          throw new Error('no such argument');
        },
      },
      'apply',
    );
    const apply = failing(() => trace.getActiveSpan()?.isRecording());
    expect(traceEvent(EVENT, () => apply('4'))).toBe(true);
    const byName = settled();
    expect(byName.get('apply')?.attributes).toEqual({});
    expect(byName.get('apply')?.parentSpanId).toBe(byName.get('Strategy.Allocated')?.spanId);
  });

  test('outside of an event, and of this recorder, it is asked at once', () => {
    const root = trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 0 });
    const apply = readLater(() => 'done');
    expect(context.with(trace.setSpan(ROOT_CONTEXT, root), () => apply('4'))).toBe('done');
    expect(calls).toEqual([]);
    expect(settled().size).toBe(0);
    const above = recorder.getTracer('application').startSpan('above');
    context.with(trace.setSpan(ROOT_CONTEXT, above), () => apply('4'));
    expect(calls.splice(0)).toEqual(['before']);
    above.end();
    expect(settled().get('apply')?.attributes).toMatchObject({ applicationId: '4', amount: '5' });
    expect(calls.splice(0)).toEqual(['after']);
  });
});
