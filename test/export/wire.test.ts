import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../support/otlp-receiver.js';
import { runHost } from './hosts/run-host.js';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const env = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
const uniqueIds = () => new Set(receiver.spans().map((span) => span.spanId)).size;

describe('what arrives', () => {
  it('has the protocol, compression and headers that the standard variables say', async () => {
    const result = await runHost(
      { spans: 16, spansPerTrace: 8, otlp: 'http/protobuf' },
      {
        env: {
          ...env(),
          OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
          OTEL_EXPORTER_OTLP_HEADERS: 'x-team=grants',
        },
      },
    );

    expect(result.stderr).toBe('');
    expect(receiver.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf', 'x-team': 'grants' },
    });
    expect(uniqueIds()).toBe(16);
  });

  it.each(['http/json', 'http/protobuf'] as const)(
    'what no attribute should be arrives over %s in a form of its own, or not at all',
    async (otlp) => {
      const result = await runHost(
        { spans: 3, spansPerTrace: 3, otlp, end: 'odd attributes' },
        { env: env() },
      );

      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(receiver.spans()).toHaveLength(4);
      expect(receiver.spans().find((span) => 'bigint' in span.attributes)?.attributes).toEqual({
        bigint: '10',
        date: '1970-01-01T00:00:00.000Z',
        nan: 'NaN',
        large: '1e+21',
        surrogate: 'a\ufffdb',
        huge: 'x'.repeat(1_000_000),
        list: ['a', undefined, '10'],
      });
    },
  );

  it.each(['http/json', 'http/protobuf'] as const)(
    'a span arrives over %s as it was recorded',
    async (otlp) => {
      await runHost({ spans: 2, spansPerTrace: 2, otlp }, { env: env() });

      const [root, child] = receiver.spans();
      expect(root).toMatchObject({
        name: 'Strategy.AllocatedWithOrigin',
        kind: 5,
        startTimeUnixNano: 1_728_000_000_999_000_000n,
        endTimeUnixNano: 1_728_000_001_001_000_001n,
        status: { code: 2, message: 'failed' },
        events: [
          {
            name: 'exception',
            timeUnixNano: 1_728_000_001_000_000_005n,
            attributes: { 'exception.type': '23505' },
          },
        ],
        links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
        scope: { name: 'grants-otel', version: '0.1.0' },
        resource: { 'service.name': 'host' },
      });
      expect(root?.attributes).toEqual({
        chainId: 42161,
        roundId: '27',
        applicationId: '3',
        amount: '1000000000000000000',
        slow: true,
        ratio: 0.5,
        list: ['a', 'b'],
      });
      expect(root?.attributeTypes).toMatchObject({
        chainId: 'int',
        roundId: 'string',
        slow: 'bool',
        ratio: 'double',
      });
      expect(root?.parentSpanId).toBeUndefined();
      expect(child).toMatchObject({
        traceId: root?.traceId,
        parentSpanId: root?.spanId,
        events: [],
        links: [],
      });
    },
  );
});
