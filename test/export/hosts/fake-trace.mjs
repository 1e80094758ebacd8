import { randomBytes } from 'node:crypto';

const attributes = {
  chainId: 42161,
  roundId: '27',
  applicationId: '3',
  amount: '1000000000000000000',
  slow: true,
  ratio: 0.5,
  list: ['a', 'b'],
};

const scope = { name: 'grants-otel', version: '0.1.0' };

/** A trace of `count` finished spans: a root and its children, with an event and a link on the root. */
export function fakeTrace(count) {
  const traceId = randomBytes(16).toString('hex');
  const root = { traceId, spanId: randomBytes(8).toString('hex'), traceFlags: 1 };
  return Array.from({ length: count }, (_, index) => {
    const context = index === 0 ? root : { ...root, spanId: randomBytes(8).toString('hex') };
    return {
      spanContext: () => context,
      ...(index === 0 ? {} : { parentSpanContext: root }),
      name: index === 0 ? 'Strategy.AllocatedWithOrigin' : 'InsertDonation',
      kind: index === 0 ? 4 : 0,
      startTime: [1_728_000_000, 999_000_000],
      endTime: [1_728_000_001, 1_000_001],
      status: index === 0 ? { code: 2, message: 'failed' } : { code: 0 },
      attributes: { ...attributes },
      events:
        index === 0
          ? [{ name: 'exception', time: [1_728_000_001, 5], attributes: { 'exception.type': '23505' } }]
          : [],
      links:
        index === 0 ? [{ context: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 } }] : [],
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  });
}
