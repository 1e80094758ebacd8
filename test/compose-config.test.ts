import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JaegerServer, startJaeger } from './support/jaeger/server.js';
import { describeWith } from './support/servers.js';

const TRACE_ID = randomBytes(16).toString('hex');

async function sendSpan(otlp: string): Promise<number> {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: TRACE_ID,
    spanId: randomBytes(8).toString('hex'),
    name: 'Strategy.AllocatedWithOrigin',
    kind: 5,
    startTimeUnixNano: String(nowNs - 750_000_000n),
    endTimeUnixNano: String(nowNs),
    attributes: [{ key: 'roundId', value: { stringValue: '27' } }],
  };
  const resource = {
    attributes: [{ key: 'service.name', value: { stringValue: 'grants-indexer' } }],
  };
  const answer = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: [span] }] }] }),
  });
  return answer.status;
}

async function findSpans(
  query: string,
): Promise<{ operationName: string; duration: number; tags: object[] }[]> {
  const answer = await fetch(`${query}/api/traces/${TRACE_ID}`);
  if (answer.status === 404) return [];
  const { data } = (await answer.json()) as { data: { spans: Awaited<ReturnType<typeof findSpans>> }[] };
  return data.flatMap((trace) => trace.spans);
}

describeWith(['jaeger'], 'the Jaeger configuration of docker-compose.otel.yml', () => {
  let jaeger: JaegerServer;

  beforeAll(async () => {
    jaeger = await startJaeger({ store: 'badger' });
  });
  afterAll(() => jaeger?.close());

  it('takes a span by OTLP, keeps it in Badger, and finds it again after a restart', async () => {
    expect(await sendSpan(jaeger.otlp)).toBe(200);
    const span = {
      operationName: 'Strategy.AllocatedWithOrigin',
      duration: 750_000,
      tags: expect.arrayContaining([{ key: 'roundId', type: 'string', value: '27' }]),
    };
    await expect.poll(() => findSpans(jaeger.query), { timeout: 20_000 }).toMatchObject([span]);
    await jaeger.restart();
    expect(await findSpans(jaeger.query)).toMatchObject([span]);
  });

  it('is read by the UI configuration and all: the page that Jaeger serves carries it', async () => {
    const page = await fetch(`${jaeger.query}/search`);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('3 days');
    expect(text).toContain('Slow in the last hour');
    expect(text).toContain('https://blockscan.com/tx/#{transactionHash}');
  });
});
