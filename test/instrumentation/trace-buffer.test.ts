import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test } from 'vitest';
import type { Outlet, Room } from '../../instrumentation/export/outlet.js';
import type { SpanRecord } from '../../instrumentation/export/span-record.js';
import { TraceBuffer } from '../../instrumentation/processors/trace-buffer.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';

const resource = resourceFromAttributes({});

/** A way out that takes all, and keeps what it took and how much room each trace had. */
function roomy(): { outlet: Outlet; rooms: (Room | undefined)[]; spans: SpanRecord[] } {
  const rooms: (Room | undefined)[] = [];
  const spans: SpanRecord[] = [];
  const outlet: Outlet = {
    send: (trace, room) => {
      rooms.push(room);
      spans.push(...trace);
      return true;
    },
    lose: () => {},
    heldSpans: 0,
    inMainThread: false,
    flush: async () => {},
    mute: () => {},
    flushSync: () => {},
    drainSync: () => {},
    shutdown: async () => {},
  };
  return { outlet, rooms, spans };
}

test('a trace that comes as a whole has the room that is left by what is held of others', async () => {
  const { outlet, rooms } = roomy();
  const buffer = new TraceBuffer({ outlet, maxHeldSpans: 1000, exitTimeoutMs: 1, keepRatio: 1 });
  const oneByOne = new Recorder({ resource, spanProcessors: [buffer] });
  const tracer = oneByOne.getTracer('grants-otel');
  const open = trace.setSpan(ROOT_CONTEXT, tracer.startSpan('open'));
  for (let at = 0; at < 400; at++) tracer.startSpan('step', {}, open).end();
  oneByOne.settle();
  expect(rooms).toEqual([]);

  const whole = new Recorder({
    resource,
    spanProcessors: [buffer],
    ordinary: {
      isKept: () => true,
      leastSlowMs: 1000,
      mostWaiting: 1,
      take: (spans) => buffer.onWhole(spans),
    },
  });
  whole.getTracer('grants-otel').startSpan('event').end();
  whole.settle();
  expect(rooms).toEqual([{ mostHeld: 600, why: undefined }]);
  await buffer.shutdown();
});

test.each([
  ['fails: it stands for itself', SpanStatusCode.ERROR, { traces: 200, isShareTold: false }],
  ['is as others: it stands for a share', SpanStatusCode.UNSET, { traces: undefined, isShareTold: true }],
])(
  'where not all fast traces are exported, one whose event is outlived by a step that %s',
  async (_, code, expected) => {
    const { outlet, spans } = roomy();
    const buffer = new TraceBuffer({ outlet, maxHeldSpans: 10_000, exitTimeoutMs: 1, keepRatio: 0.5 });
    const recorder = new Recorder({ resource, spanProcessors: [buffer] });
    const tracer = recorder.getTracer('grants-otel');
    for (let at = 0; at < 200; at++) {
      const event = tracer.startSpan('event');
      const step = tracer.startSpan('step', {}, trace.setSpan(ROOT_CONTEXT, event));
      event.end();
      recorder.settle();
      step.setStatus({ code }).end();
      recorder.settle();
    }
    const events = spans.filter(({ name }) => name === 'event');
    expect(events.length).toBeGreaterThan(0);
    if (expected.traces === undefined) expect(events.length).toBeLessThan(200);
    else expect(events).toHaveLength(expected.traces);
    for (const { attributes } of events)
      expect(attributes['keepRatio']).toBe(expected.isShareTold ? 0.5 : undefined);
    await buffer.shutdown();
  },
);
