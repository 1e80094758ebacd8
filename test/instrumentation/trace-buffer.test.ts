import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { expect, test } from 'vitest';
import type { Outlet, Room } from '../../instrumentation/export/outlet.js';
import { TraceBuffer } from '../../instrumentation/processors/trace-buffer.js';
import { Recorder } from '../../instrumentation/recorder/recorder.js';

const resource = resourceFromAttributes({});

/** A way out that takes all, and keeps how much room each trace had. */
function roomy(): { outlet: Outlet; rooms: (Room | undefined)[] } {
  const rooms: (Room | undefined)[] = [];
  const outlet: Outlet = {
    send: (_, room) => {
      rooms.push(room);
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
  return { outlet, rooms };
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
