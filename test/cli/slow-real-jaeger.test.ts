import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { describeWith, jaegerUrls } from '../support/servers.js';
import { type OtlpSpan, otlpBatch, otlpSpan, slowEvent } from '../traces/otlp-spans.js';
import { linesOf, runCli } from './run-cli.js';

function freshServiceName(): string {
  return `grants-indexer-${randomBytes(6).toString('hex')}`;
}

async function send(serviceName: string, spans: readonly OtlpSpan[]): Promise<void> {
  const response = await fetch(`${jaegerUrls().otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(otlpBatch(spans, serviceName)),
  });
  expect(response.status).toBe(200);
}

async function slowEvents(serviceName: string, ...args: readonly string[]) {
  const { query } = jaegerUrls();
  const { stdout, stderr } = await runCli(['slow', '--json', query, '--service', serviceName, ...args]);
  return { events: JSON.parse(stdout) as Record<string, unknown>[], stderr };
}

/** Waits until a Jaeger has indexed what it was sent. */
function arrival(serviceName: string, eventCount: number): Promise<void> {
  return vi.waitFor(
    async () => expect((await slowEvents(serviceName, '--limit', '9999')).events).toHaveLength(eventCount),
    { timeout: 30_000, interval: 100 },
  );
}

describeWith(['jaeger'], 'grants-otel slow on a real Jaeger', () => {
  it('finds slow events and nothing else, with ids, cause, full trace id and link', async () => {
    const serviceName = freshServiceName();
    const traceId = `00000000${randomBytes(12).toString('hex')}`;
    const startUnixMs = Date.now() - 10_000;
    const event = slowEvent({ traceId, startUnixMs, durationMs: 812.25 });
    const step = otlpSpan({
      traceId,
      parentSpanId: event.spanId,
      startUnixMs,
      durationMs: 700,
      attributes: { slow: true, chainId: 42161 },
    });
    const fast = otlpSpan({ name: 'Allo.PoolCreated', kind: 5, startUnixMs, attributes: { chainId: 42161 } });
    const fetching = otlpSpan({
      name: 'fetchEvents',
      startUnixMs,
      durationMs: 900,
      attributes: { slow: true },
    });
    const other = slowEvent({
      startUnixMs,
      durationMs: 2000,
      attributes: { chainId: 10, roundId: '5', applicationId: '8' },
    });
    await send(serviceName, [event, step, fast, fetching, other]);
    await arrival(serviceName, 2);

    const { events, stderr } = await slowEvents(serviceName);
    expect(events.map(({ chainId }) => chainId)).toEqual([10, 42161]);
    expect(events[1]).toEqual({
      when: new Date(startUnixMs).toISOString(),
      event: 'Strategy.AllocatedWithOrigin',
      span: 'Strategy.AllocatedWithOrigin',
      chainId: 42161,
      roundId: '27',
      applicationId: '3',
      durationMs: 812.25,
      thresholdMs: 500,
      cause: 'InsertDonation > pg.query:INSERT grants',
      causeMs: 609,
      causeSharePercent: 75,
      blockNumber: null,
      transactionHash: null,
      failed: false,
      traceId,
      spanId: event.spanId,
      traceUrl: `${jaegerUrls().query}/trace/${traceId}?uiFind=${event.spanId}`,
    });
    expect(stderr).toBe('');
    const filters = ['--chain', '10', '--round', '5', '--application', '8'];
    expect((await slowEvents(serviceName, ...filters)).events).toEqual([events[0]]);
    expect((await slowEvents(serviceName, '--chain', '10', '--round', '27')).events).toEqual([]);
    expect((await slowEvents(serviceName, '--since', '5s')).events).toEqual([]);
  });

  it('finds all of more slow events than one search gives', async () => {
    const serviceName = freshServiceName();
    const firstUnixMs = Date.now() - 50 * 60_000;
    const events = Array.from({ length: 2300 }, (_, at) =>
      slowEvent({ startUnixMs: firstUnixMs + at * 1000.4 }),
    );
    await send(serviceName, events);
    await arrival(serviceName, 2300);

    const found = await slowEvents(serviceName, '--limit', '9999');
    const idsOf = (list: readonly { readonly traceId?: unknown }[]) =>
      list.map(({ traceId }) => String(traceId)).sort();
    expect(idsOf(found.events)).toEqual(idsOf(events));
    expect(found.stderr).toBe('');
  });

  it('follows a link into Jaeger: the trace that it names is there', async () => {
    const serviceName = freshServiceName();
    await send(serviceName, [slowEvent({ startUnixMs: Date.now() - 10_000 })]);
    await arrival(serviceName, 1);
    const { events } = await slowEvents(serviceName);
    const { pathname } = new URL(String(events[0]?.['traceUrl']));
    const response = await fetch(`${jaegerUrls().query}/api${pathname.replace('/trace/', '/traces/')}`);
    expect(response.status).toBe(200);
  });

  it('exits with 1 for a service that it does not know', async () => {
    const serviceName = freshServiceName();
    const { query } = jaegerUrls();
    const { exitCode, stderr } = await runCli(['slow', query, '--service', serviceName]);
    expect(linesOf(stderr)[0]).toContain(`(service ${serviceName}, last 1h)`);
    expect(linesOf(stderr)[1]).toContain(`it knows no service ${serviceName}, but `);
    expect(exitCode).toBe(1);
  });
});
