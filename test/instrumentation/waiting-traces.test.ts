import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describe, expect, test, vi } from 'vitest';
import type { RecordedSpan } from '../../instrumentation/recorder/recorded-span.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';
import { runClient } from '../../instrumentation/recorder/recorder-tracer.js';
import type { OrdinaryTraces } from '../../instrumentation/recorder/waiting-traces.js';
import type { EventScope } from '../../src/tracing/event-scope.js';
import { stepContext } from '../../src/tracing/step-context.js';

const SLOW_MS = 1000;

/** A recorder, and what is told of its spans. No ordinary trace is kept, unless `isKept` says so. */
function recording({ isKept = () => false, leastSlowMs = SLOW_MS }: Partial<OrdinaryTraces> = {}) {
  const told: string[] = [];
  const recorder = new Recorder({
    resource: resourceFromAttributes({}),
    spanProcessors: [
      {
        onStart: (span) => void told.push(`start ${span.name}`),
        onEnd: (span) => void told.push(`end ${span.name}`),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
    ordinary: {
      isKept,
      leastSlowMs,
      mostWaiting: 32,
      take: (spans) => void told.push(`whole ${spans.map(({ name }) => name)}`),
    },
  });
  const tracer = recorder.getTracer('grants-otel');
  const start = (name: string, parent: Context = ROOT_CONTEXT) => {
    const span = tracer.startSpan(name, {}, parent) as RecordedSpan;
    return { span, below: trace.setSpan(parent, span) };
  };
  const statement = (below: Context, name = 'statement') =>
    runClient(recorder.getTracer('statements'), below, () => ({ name, attributes: {} }));
  return { recorder, told, start, statement };
}

/** An event with a step and a statement, all of them over. */
function handle(
  { start, statement }: ReturnType<typeof recording>,
  change: (spans: { event: Span; step: Span }) => void = () => {},
): void {
  const event = start('event');
  const step = start('step', event.below);
  statement(step.below).end();
  change({ event: event.span, step: step.span });
  step.span.end();
  event.span.end();
}

const WHOLE = ['start event', 'start step', 'start statement', 'end statement', 'end step', 'end event'];

function sorted(told: readonly string[]): string[] {
  return [...told].sort();
}

describe('of a trace', () => {
  test('that is ordinary and not kept nobody is told, and what was left for later is not done', () => {
    const host = recording();
    const done: string[] = [];
    handle(host, ({ step }) => (step as RecordedSpan).later(() => done.push('later')));
    host.recorder.settle();
    expect([host.told, done]).toEqual([[], []]);
  });

  test('that is ordinary and kept all spans are taken together, when what was left for later is done', () => {
    const host = recording({ isKept: () => true });
    handle(host, ({ step }) => (step as RecordedSpan).later(() => host.told.push('later')));
    expect(host.told).toEqual([]);
    host.recorder.settle();
    host.recorder.settle();
    expect(host.told).toEqual(['later', 'whole statement,step,event']);
  });

  test('that is ordinary a late attribute comes to nothing, as on any span that has its end', () => {
    const host = recording({ isKept: () => true });
    let step: RecordedSpan | undefined;
    handle(host, (spans) => {
      step = spans.step as RecordedSpan;
      step.later(() => step?.setLate({ by: 'a row' }));
    });
    step?.setAttribute('by', 'the application');
    expect(step?.attributes).toEqual({ by: 'a row' });
    expect(host.told).toEqual(['whole statement,step,event']);
  });

  test('ordinary ones do not pile up where nobody waits', () => {
    const host = recording({ isKept: () => true });
    for (let at = 0; at < 300; at++) handle(host);
    expect(host.told.length).toBeGreaterThan(300 - 512 / 3);
  });

  test.each<[string, (spans: { event: Span; step: Span }) => void]>([
    ['a step has failed', ({ step }) => step.setStatus({ code: SpanStatusCode.ERROR })],
    ['the event has failed', ({ event }) => event.setStatus({ code: SpanStatusCode.ERROR })],
    ['the application says that a step is slow', ({ step }) => step.setAttribute('slow', true)],
    ['an exception stands on a span', ({ step }) => step.recordException(new Error('of no harm'))],
    ['a step was slow', ({ step }) => step.end(Date.now() + 2 * SLOW_MS)],
  ])('all is told, in order, where %s', (_, change) => {
    const host = recording();
    handle(host, change);
    host.recorder.settle();
    expect(host.told).toEqual(WHOLE);
  });

  test('all is told where a statement was slow or failed', () => {
    for (const end of [
      (host: ReturnType<typeof recording>, below: Context) => host.statement(below).fail(new Error('no')),
      (host: ReturnType<typeof recording>, below: Context) => {
        const running = host.statement(below);
        const { now } = performance;
        const spy = vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + SLOW_MS);
        running.end();
        spy.mockRestore();
      },
    ]) {
      const host = recording();
      const event = host.start('event');
      end(host, event.below);
      event.span.end();
      host.recorder.settle();
      expect(sorted(host.told)).toEqual(['end event', 'end statement', 'start event', 'start statement']);
    }
  });

  test('what was left for later is done, in its turn, where it is told', () => {
    const host = recording();
    handle(host, ({ event, step }) => {
      (step as RecordedSpan).later(() => host.told.push('later'));
      event.setStatus({ code: SpanStatusCode.ERROR });
    });
    host.recorder.settle();
    expect(host.told).toEqual([...WHOLE.slice(0, 3), 'end statement', 'later', 'end step', 'end event']);
  });

  test('all is told of a span that outlives its root and fails', () => {
    const { recorder, told, start } = recording();
    const event = start('event');
    const step = start('step', event.below);
    event.span.end();
    step.span.setStatus({ code: SpanStatusCode.ERROR });
    step.span.end();
    recorder.settle();
    expect(told).toEqual(['start event', 'start step', 'end event', 'end step']);
  });

  test('what is open is told when all is to be told: the process ends, perhaps', () => {
    const { recorder, told, start, statement } = recording();
    const event = start('event');
    const running = statement(event.below);
    recorder.settle();
    expect(told).toEqual(['start event', 'start statement']);
    running.end();
    event.span.end();
    recorder.settle();
    expect(told.slice(2)).toEqual(['end statement', 'end event']);
  });

  test('what goes on for long is told by itself', async () => {
    const { told, start } = recording({ leastSlowMs: 1 });
    const event = start('event');
    await vi.waitFor(() => expect(told).toEqual(['start event']), { timeout: 5000 });
    event.span.end();
    await vi.waitFor(() => expect(told).toEqual(['start event', 'end event']), { timeout: 5000 });
  });

  test('attributes that are written after something was left for later come after it', () => {
    const host = recording();
    const event = host.start('event');
    event.span.later(() => event.span.setLate({ by: 'a row' }));
    event.span.setAttribute('by', 'the application');
    host.recorder.settle();
    expect(event.span.attributes).toEqual({ by: 'the application' });
  });

  test('what is left for later of two traces is done, whichever of them is kept', () => {
    const { recorder, start } = recording();
    const event = start('event');
    const other = start('other');
    recorder.later(() => event.span.setLate({ known: true }), other.span.trace, event.span.trace);
    other.span.end();
    recorder.settle();
    expect(event.span.attributes).toEqual({ known: true });
  });

  test('all is told where somebody else makes a span in it, or goes on with it by its id', () => {
    const foreign = recording();
    const event = foreign.start('event');
    foreign.recorder.getTracer('http').startSpan('request', {}, event.below);
    expect(foreign.told).toEqual(['start event', 'start request']);

    const { recorder, told, start } = recording();
    const root = start('event');
    const apart = start('apart', trace.setSpanContext(ROOT_CONTEXT, root.span.spanContext()));
    apart.span.end();
    root.span.end();
    recorder.settle();
    expect(told).toEqual(['start event', 'start apart', 'end apart', 'end event']);
  });

  describe('that was dropped', () => {
    const eventOf = ({ start }: ReturnType<typeof recording>) => {
      const scope: EventScope = { span: undefined, ids: { chainId: 10 } };
      const { span } = start('event', stepContext(ROOT_CONTEXT, { span: undefined, scope }));
      scope.span = span;
      return { span, scope };
    };

    test('what begins when it is over knows what its event had come to know, and changes nothing of that', () => {
      const host = recording();
      const { span, scope } = eventOf(host);
      span.later(() => {
        scope.ids = { chainId: 10, roundId: '7' };
      });
      span.end();
      host.recorder.settle();
      const late = host.start('late', stepContext(ROOT_CONTEXT, { span, scope }));
      span.setLate({ roundId: 'of what begins when it is over' });
      late.span.end();
      host.recorder.settle();
      expect(host.told).toEqual(['start late', 'end late']);
      expect(late.span.eventIds).toEqual({ chainId: 10, roundId: '7' });
      expect(span.attributes).toEqual({});
    });

    test('a statement that begins when it is over knows it, too', () => {
      const host = recording();
      const { span, scope } = eventOf(host);
      const done: string[] = [];
      span.later(() => done.push('later'));
      span.end();
      host.statement(stepContext(ROOT_CONTEXT, { span, scope })).end();
      expect(done).toEqual(['later']);
    });

    test('nothing was left for later of: what begins when it is over changes nothing of its event', () => {
      const host = recording();
      const { span, scope } = eventOf(host);
      span.end();
      host.start('late', stepContext(ROOT_CONTEXT, { span, scope })).span.end();
      span.setLate({ roundId: 'of what begins when it is over' });
      expect(span.attributes).toEqual({});
    });

    test('the event of another trace, in which something begins in it, goes on', () => {
      const host = recording();
      const dropped = eventOf(host);
      dropped.span.end();
      const open = eventOf(host);
      host.start('late', stepContext(ROOT_CONTEXT, { span: dropped.span, scope: open.scope })).span.end();
      open.span.setLate({ roundId: '7' });
      expect(open.span.attributes).toEqual({ roundId: '7' });
    });

    test('what was left for later is kept of so many', () => {
      const host = recording();
      const done: number[] = [];
      const events = Array.from({ length: 300 }, (_, at) => {
        const event = eventOf(host);
        event.span.later(() => done.push(at));
        event.span.end();
        return event;
      });
      for (const { span, scope } of events) host.start('late', stepContext(ROOT_CONTEXT, { span, scope }));
      expect([done.length, done[0]]).toEqual([16, 284]);
    });
  });

  test('a span that somebody else begins in it when it is over comes after it', () => {
    const { recorder, told, start } = recording({ isKept: () => true });
    const event = start('event');
    event.span.end();
    recorder.getTracer('http').startSpan('request', {}, event.below);
    expect(told).toEqual(['whole event', 'start request']);
  });

  test('what begins in it when it is over comes after it', () => {
    const { recorder, told, start } = recording({ isKept: () => true });
    const event = start('event');
    event.span.end();
    const late = start('late', event.below);
    late.span.end();
    recorder.settle();
    expect(told).toEqual(['whole event', 'start late', 'end late']);
  });

  test('not more than so many spans, and so many traces, wait', () => {
    const { told, start } = recording();
    const event = start('event');
    for (let at = 0; at < 1000; at++) start('step', event.below).span.end();
    expect(told.length).toBeGreaterThan(500);

    const many = recording();
    const events = Array.from({ length: 100 }, () => many.start('event'));
    for (const { span } of events) span.end();
    many.recorder.settle();
    expect(many.told.length / 2).toBe(100 - 32);
  });
});
