import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { runNode } from '../support/run-node.js';
import { describeWith, jaegerUrls } from '../support/servers.js';

interface JaegerTrace {
  readonly spans: readonly { readonly operationName: string; readonly tags: readonly { key: string }[] }[];
}

async function namesIn(service: string): Promise<string[]> {
  const query = new URLSearchParams({ service, limit: '100', lookback: '1h' });
  const answer = await fetch(`${jaegerUrls().query}/api/traces?${query}`);
  const { data } = (await answer.json()) as { data: JaegerTrace[] };
  return data
    .flatMap(({ spans }) => spans)
    .map(
      ({ operationName, tags }) => operationName + (tags.some((tag) => tag.key === 'interrupted') ? '!' : ''),
    )
    .sort();
}

describeWith(['jaeger'], 'in a real Jaeger', () => {
  test.each(
    ['http/json', 'http/protobuf'].flatMap((protocol) => [
      [protocol, 'natural', undefined, { code: 0 }] as const,
      [protocol, 'process.exit', undefined, { code: 7 }] as const,
      [protocol, 'an uncaught error', undefined, { code: 1 }] as const,
      [protocol, 'a signal', 'SIGTERM', { signal: 'SIGTERM' }] as const,
      [protocol, 'a signal', 'SIGINT', { signal: 'SIGINT' }] as const,
      [protocol, 'a signal listener that takes 300 ms', 'SIGTERM', { code: 0 }] as const,
    ]),
  )('every span is there over %s: %s %s', async (protocol, way, signal, outcome) => {
    const service = `ends-${randomBytes(6).toString('hex')}`;
    let sent = false;
    const ended = await runNode(['--require', './instrumentation', 'test/ends/hosts/ways-to-end.mjs', way], {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: jaegerUrls().otlp,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_SERVICE_NAME: service,
      },
      onStdout: (text, child) => {
        if (!signal || sent || !text.includes('up')) return;
        sent = true;
        child.kill(signal);
      },
    });
    expect(ended).toMatchObject(outcome);
    expect(ended.stderr).not.toContain('grants-otel: ');
    const names = ['in flight!', 'just ended', 'just ended', 'just ended'];
    if (way.includes('300 ms')) names.splice(0, 0, 'ended while shutting down');
    await vi.waitFor(async () => expect(await namesIn(service)).toEqual(names), {
      timeout: 10_000,
      interval: 50,
    });
  });
});
