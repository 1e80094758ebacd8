import { type OtlpSpan, otlpBatch, otlpSpan, SOME_TIME, slowEvent } from '../traces/otlp-spans.js';

/** Ends every element that text could stand in, runs a script where it is taken for markup, and turns text around in a terminal. */
export const HOSTILE = `</script></style></title>--><script>window.taken=1</script><img src=x onerror="window.taken=2">'"&amp;\u001b[31m\u202e`;

/** A trace of three spans: an event, its donation insert, and that one's SQL, which takes most of the time. */
export function donationTrace(event: Parameters<typeof slowEvent>[0]): OtlpSpan[] {
  const root = slowEvent(event);
  const { startUnixMs = SOME_TIME, durationMs = 812 } = event ?? {};
  const ids = { chainId: 42161, roundId: '27', applicationId: '3' };
  const insert = otlpSpan({
    traceId: root.traceId,
    parentSpanId: root.spanId,
    name: 'InsertDonation',
    startUnixMs: startUnixMs + durationMs * 0.1,
    durationMs: durationMs * 0.8,
    attributes: { ...ids, amount: '1000000000000000000' },
  });
  const sql = otlpSpan({
    traceId: root.traceId,
    parentSpanId: insert.spanId,
    name: 'pg.query:INSERT grants',
    startUnixMs: startUnixMs + durationMs * 0.12,
    durationMs: durationMs * 0.75,
    attributes: { ...ids, 'db.query.text': 'INSERT INTO donations\nVALUES ($1)' },
  });
  return [root, insert, sql];
}

/** Fast events, from 1 ms to 40 ms, one a second. */
export function fastEvents(count: number): OtlpSpan[] {
  return Array.from({ length: count }, (_, at) =>
    otlpSpan({
      name: 'Allo.PoolCreated',
      kind: 5,
      startUnixMs: SOME_TIME + at * 1000,
      durationMs: 1 + (at % 40),
      attributes: { chainId: 10, eventName: 'PoolCreated' },
    }),
  );
}

/** The lines of a trace file, a trace on each. */
export function traceLines(...traces: readonly (readonly OtlpSpan[])[]): string {
  return traces.map((spans) => `${JSON.stringify(otlpBatch(spans))}\n`).join('');
}
