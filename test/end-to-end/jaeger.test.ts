import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runNode } from '../support/run-node.js';
import { describeWith, freshDatabase, jaegerUrls } from '../support/servers.js';
import { type DrawnSpan, drawTree } from '../support/trace-tree.js';
import { createDonationLab, type DonationLab, isDonation } from './donation-lab.js';

interface JaegerSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly startTime: number;
  readonly references: readonly {
    readonly refType: string;
    readonly traceID: string;
    readonly spanID: string;
  }[];
  readonly tags: readonly { readonly key: string; readonly type: string; readonly value: unknown }[];
}

interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
}

function toDrawn(trace: JaegerTrace): DrawnSpan[] {
  return trace.spans.map((span) => ({
    spanId: span.spanID,
    parentSpanId: span.references.find((one) => one.refType === 'CHILD_OF' && one.traceID === trace.traceID)
      ?.spanID,
    name: span.operationName,
    startTimeUnixNano: BigInt(span.startTime) * 1000n,
  }));
}

const tagOf = (span: JaegerSpan, key: string) => span.tags.find((tag) => tag.key === key);

describeWith(['postgres', 'jaeger'], 'donations in a real Jaeger', () => {
  const service = `donations-${randomBytes(4).toString('hex')}`;
  let lab: DonationLab;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  async function search(tags: Record<string, string>): Promise<JaegerTrace[]> {
    const query = new URLSearchParams({ service, limit: '1000', tags: JSON.stringify(tags), lookback: '1h' });
    const answer = await fetch(`${jaegerUrls().query}/api/traces?${query}`);
    return ((await answer.json()) as { data: JaegerTrace[] }).data;
  }

  beforeAll(async () => {
    database = await freshDatabase();
    lab = await createDonationLab({ donations: 80, seed: 5 });
    await lab.slowDown(database.url);
    const ended = await lab.index(
      [
        join(lab.folder, 'events.ndjson'),
        '--prices',
        join(lab.folder, 'prices.ndjson'),
        '--database-url',
        database.url,
      ],
      {
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: jaegerUrls().otlp,
          OTEL_SERVICE_NAME: service,
          // Every donation takes longer: which are found is no matter of speed.
          GRANTS_OTEL_SLOW_SPAN_THRESHOLDS_MS: 'Strategy.AllocatedWithOrigin=1',
          OTEL_LOG_LEVEL: 'error',
        },
      },
    );
    expect(ended).toMatchObject({ code: 0 });
    await vi.waitFor(
      async () => expect(await search({ eventName: 'AllocatedWithOrigin' })).toHaveLength(80),
      {
        timeout: 20_000,
        interval: 100,
      },
    );
  });

  afterAll(async () => {
    await lab.remove();
    await database.drop();
  });

  test('are there whole: parents, names and ids with their types', async () => {
    const name = new URL(database.url).pathname.slice(1);
    for (const trace of await search({ eventName: 'AllocatedWithOrigin' })) {
      const tree = drawTree(toDrawn(trace)).replaceAll(` ${name}`, ' grants').split('\n');
      expect(tree[0]).toBe('Strategy.AllocatedWithOrigin');
      expect(tree).toContain('   ├─ InsertDonation');
      expect(tree).toContain('   ├─ IncrementRoundDonationStats');
      expect(tree).toContain('   │  └─ pg.query:UPDATE grants');
      for (const span of trace.spans) {
        expect(tagOf(span, 'chainId')).toMatchObject({ type: 'int64', value: 42161 });
        expect(tagOf(span, 'roundId')).toMatchObject({ type: 'string', value: '27' });
        expect(tagOf(span, 'applicationId')).toMatchObject({ type: 'string' });
      }
    }
  });

  test.each([
    ['slow and the chain', { slow: 'true', chainId: '42161' }],
    ['slow and the round', { slow: 'true', roundId: '27' }],
    ['slow, the round and the chain', { slow: 'true', roundId: '27', chainId: '42161' }],
  ])('are found by %s', async (_name, tags) => {
    expect(await search(tags)).toHaveLength(80);
  });

  test('are found by slow and the application, and by nothing that is not theirs', async () => {
    const counts = new Map<string, number>();
    for (const applicationId of ['0', '1', '2']) {
      counts.set(applicationId, (await search({ slow: 'true', applicationId })).length);
    }
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(80);
    expect(await search({ slow: 'true', roundId: '28' })).toEqual([]);
    expect(lab.events.filter(isDonation)).toHaveLength(80);
  });

  test('are what grants-otel slow lists', async () => {
    const { code, stdout } = await runNode([
      'dist/src/cli/main.js',
      'slow',
      jaegerUrls().query,
      '--service',
      service,
      '--round',
      '27',
      '--limit',
      '100',
      '--json',
    ]);
    expect(code).toBe(0);
    const events = JSON.parse(stdout) as { durationMs: number; chainId: number; roundId: string }[];
    expect(events).toHaveLength(80);
    expect(events.map((event) => event.durationMs)).toEqual(
      events.map((event) => event.durationMs).sort((a, b) => b - a),
    );
    for (const event of events) expect(event).toMatchObject({ chainId: 42161, roundId: '27' });
  });
});
