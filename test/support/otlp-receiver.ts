import { EventEmitter, once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { acceptsSpans, answer, type Behaviour } from './otlp/behaviour.js';
import { decodeTracesData } from './otlp/protobuf.js';
import { decodeSpans, type ReceivedSpan, type TracesData } from './otlp/received-span.js';

export type { Behaviour } from './otlp/behaviour.js';
export type { ReceivedSpan } from './otlp/received-span.js';

/** One request as it came in, whatever the answer was. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Spans in the request. */
  readonly spanCount: number;
  /** Bytes of the body, compressed if it was. */
  readonly byteLength: number;
  readonly receivedAtMs: number;
}

export interface Receiver {
  /** OTLP/HTTP base, for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** Every span that was accepted, as often as it was sent. */
  spans(): ReceivedSpan[];
  /** Resolves with all spans once there are so many, or once `enough` says so; throws after `timeoutMs` (10,000). */
  waitForSpans(
    enough: number | ((spans: readonly ReceivedSpan[]) => boolean),
    timeoutMs?: number,
  ): Promise<ReceivedSpan[]>;
  /** Resolves once so many requests came in; throws after `timeoutMs` (10,000). */
  waitForRequests(count: number, timeoutMs?: number): Promise<void>;
  /** From the next request on; a function is asked for each request, by its index since the start. */
  behave(
    behaviour: Behaviour | ((requestIndex: number, request: { readonly byteLength: number }) => Behaviour),
  ): void;
  /** Forgets spans and requests. */
  clear(): void;
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<{ body: Buffer; byteLength: number }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  return {
    body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
    byteLength: raw.length,
  };
}

function decodeBody(request: IncomingMessage, body: Buffer): ReceivedSpan[] {
  const data =
    request.headers['content-type'] === 'application/x-protobuf'
      ? decodeTracesData(body)
      : (JSON.parse(body.toString('utf8')) as TracesData);
  return decodeSpans(data);
}

interface Waiting {
  readonly isDone: () => boolean;
  readonly describe: () => string;
  readonly timeoutMs: number;
}

async function waitUntil(arrivals: EventEmitter, { isDone, describe, timeoutMs }: Waiting): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  while (!isDone()) {
    try {
      await once(arrivals, 'request', { signal });
    } catch (cause) {
      throw new Error(`${describe()} after ${timeoutMs} ms`, { cause });
    }
  }
}

/**
 * A real OTLP/HTTP receiver on 127.0.0.1 (JSON and protobuf, gzip or not) that can misbehave. It decodes and keeps what it accepts. A
 * request whose body cannot be decoded is answered with 400.
 */
export async function startReceiver(
  options: {
    readonly port?: number;
    readonly behaviour?: Behaviour;
    /** In PEM; with it the receiver speaks HTTPS. */
    readonly tls?: { readonly key: string; readonly cert: string };
  } = {},
): Promise<Receiver> {
  let received: ReceivedSpan[] = [];
  let requests: ReceivedRequest[] = [];
  let requestIndex = 0;
  let behave: Exclude<Parameters<Receiver['behave']>[0], Behaviour> = () =>
    options.behaviour ?? { mode: 'ok' };
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);

  const listener: RequestListener = async (request, response) => {
    try {
      const { body, byteLength } = await readBody(request);
      const spans = decodeBody(request, body);
      const behaviour = behave(requestIndex++, { byteLength });
      const { url: path = '', headers } = request;
      requests.push({ path, headers, spanCount: spans.length, byteLength, receivedAtMs: Date.now() });
      if (acceptsSpans(behaviour)) for (const span of spans) received.push(span);
      answer(behaviour, { request, response });
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(String(error));
    }
    arrivals.emit('request');
  };
  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    get requests() {
      return requests;
    },
    spans: () => [...received],
    waitForSpans: async (enough, timeoutMs = 10_000) => {
      const isDone = () => (typeof enough === 'number' ? received.length >= enough : enough(received));
      const wanted = typeof enough === 'number' ? `${enough} spans` : 'the spans waited for';
      await waitUntil(arrivals, {
        isDone,
        describe: () => `expected ${wanted}, found ${received.length}`,
        timeoutMs,
      });
      return [...received];
    },
    waitForRequests: (count, timeoutMs = 10_000) =>
      waitUntil(arrivals, {
        isDone: () => requests.length >= count,
        describe: () => `expected ${count} requests, found ${requests.length}`,
        timeoutMs,
      }),
    behave: (behaviour) => {
      behave = typeof behaviour === 'function' ? behaviour : () => behaviour;
    },
    clear: () => {
      received = [];
      requests = [];
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
