import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCollector } from '../../instrumentation/export/collector.js';
import { JsonRequests } from '../../instrumentation/export/json-request.js';
import type { PackedBatch } from '../../instrumentation/export/packed-batch.js';
import { batchOf, record } from './span-records.js';

const resourceAttributes = resourceFromAttributes({ 'service.name': 'test' }).attributes;

/** Notes what is written and released. */
class NotedRequests extends JsonRequests {
  readonly written: Uint8Array[] = [];
  readonly released: Uint8Array[] = [];

  override write(batch: PackedBatch): Uint8Array {
    const request = super.write(batch);
    this.written.push(request);
    return request;
  }

  override release(request: Uint8Array): void {
    this.released.push(request);
    super.release(request);
  }
}

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

async function collectorOf(requests: JsonRequests, listener: RequestListener) {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  return createCollector('http/json', { resourceAttributes, requests });
}

const spanOf = (bytes: number) => record('a'.repeat(32), { attributes: { huge: 'x'.repeat(bytes) } });

describe('a collector by JSON', () => {
  it('gets requests as they were written, whose memory is used again once they have left', async () => {
    const bodies: Buffer[] = [];
    const requests = new NotedRequests(resourceAttributes);
    const collector = await collectorOf(requests, async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()));
      response.end('{}');
    });
    const batch = batchOf([spanOf(100)]);

    expect(await collector.send(batch)).toEqual({ kind: 'delivered' });
    expect(requests.written).toHaveLength(1);
    expect(requests.released).toEqual(requests.written);
    expect(bodies.map(String)).toEqual([String(Buffer.from(requests.write(batch)))]);
  });

  it('may answer before a request has left: then its memory is not used again', async () => {
    const requests = new NotedRequests(resourceAttributes);
    const collector = await collectorOf(requests, (_request, response) => {
      response.end('{}');
    });

    expect(await collector.send(batchOf([spanOf(7_000_000)]))).toEqual({ kind: 'delivered' });
    expect(requests.written).toHaveLength(1);
    expect(requests.released).toEqual([]);
  });
});
