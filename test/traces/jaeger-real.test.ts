import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createJaegerSource } from '../../src/traces/jaeger/jaeger-source.js';
import type { TraceSource } from '../../src/traces/trace-source.js';
import { type JaegerServer, startJaeger } from '../support/jaeger/server.js';
import { describeWith } from '../support/servers.js';
import { createSearchLab } from './jaeger-searches.js';
import { otlpBatch } from './otlp-spans.js';

describeWith(['jaeger'], 'a search of a real Jaeger', () => {
  describe.each(['memory', 'badger'] as const)('with the %s store finds', (store) => {
    const lab = createSearchLab();
    let jaeger: JaegerServer;
    let source: TraceSource;

    beforeAll(async () => {
      jaeger = await startJaeger({ store });
      source = createJaegerSource({ address: { baseUrl: jaeger.query, headers: {} } });
      for (const { spans, serviceName } of lab.batches) {
        const response = await fetch(`${jaeger.otlp}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(otlpBatch(spans, serviceName)),
        });
        expect(response.status).toBe(200);
      }
      const whole = lab.searches.find(({ what }) => what === 'a trace by its id, in whatever services');
      await vi.waitFor(
        async () => {
          expect((await lab.read(source, {})).found).toHaveLength(11);
          expect((await lab.read(source, whole?.search ?? {})).found).toEqual(whole?.found);
        },
        { timeout: 30_000, interval: 100 },
      );
    }, 60_000);
    afterAll(() => jaeger?.close());

    it.each(lab.searches)('$what', async ({ search, found }) => {
      expect(await lab.read(source, search)).toEqual({ found, notes: [] });
    });
  });
});
