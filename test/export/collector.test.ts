import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCollector, type OtlpProtocol } from '../../instrumentation/export/collector.js';
import type { PackedBatch } from '../../instrumentation/export/packed-batch.js';
import { JsonRequests } from '../../instrumentation/export/requests/json-requests.js';
import { ProtobufRequests } from '../../instrumentation/export/requests/protobuf-requests.js';
import type { Requests } from '../../instrumentation/export/requests/requests.js';
import { batchOf, record } from './span-records.js';

const resourceAttributes = resourceFromAttributes({ 'service.name': 'test' }).attributes;

/** Notes what is written and released. */
class NotedRequests implements Requests {
  readonly written: Uint8Array[] = [];
  readonly released: Uint8Array[] = [];
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  write(batch: PackedBatch): Uint8Array {
    const request = this.#requests.write(batch);
    this.written.push(request);
    return request;
  }

  release(request: Uint8Array): void {
    this.released.push(request);
    this.#requests.release(request);
  }
}

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

async function collectorOf(
  protocol: OtlpProtocol,
  { requests, listener }: { requests: Requests; listener: RequestListener },
) {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  return createCollector(protocol, { resourceAttributes, requests });
}

const spanOf = (bytes: number) => record('a'.repeat(32), { attributes: { huge: 'x'.repeat(bytes) } });

describe.each([
  { protocol: 'http/json' as const, Requests: JsonRequests, contentType: 'application/json' },
  { protocol: 'http/protobuf' as const, Requests: ProtobufRequests, contentType: 'application/x-protobuf' },
])('a collector by $protocol', ({ protocol, Requests, contentType }) => {
  it('gets requests as they were written, whose memory is used again once they have left', async () => {
    const bodies: Buffer[] = [];
    const types: unknown[] = [];
    const requests = new NotedRequests(new Requests(resourceAttributes));
    const listener: RequestListener = async (request, response) => {
      types.push(request.headers['content-type']);
      bodies.push(Buffer.concat(await request.toArray()));
      response.end();
    };
    const collector = await collectorOf(protocol, { requests, listener });
    const batch = batchOf([spanOf(100)]);

    expect(await collector.send(batch)).toEqual({ kind: 'delivered' });
    expect(requests.written).toHaveLength(1);
    expect(requests.released).toEqual(requests.written);
    expect(types).toEqual([contentType]);
    expect(bodies).toEqual([Buffer.from(requests.write(batch))]);
  });

  it('may answer before a request has left: then its memory is not used again', async () => {
    const requests = new NotedRequests(new Requests(resourceAttributes));
    const listener: RequestListener = (_request, response) => {
      response.end();
    };
    const collector = await collectorOf(protocol, { requests, listener });

    expect(await collector.send(batchOf([spanOf(7_000_000)]))).toEqual({ kind: 'delivered' });
    expect(requests.written).toHaveLength(1);
    expect(requests.released).toEqual([]);
  });
});
