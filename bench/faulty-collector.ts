// A collector in a process of its own, for collector-faults.ts, which tells it by messages how to misbehave. It takes JSON only, and only
// counts: what it costs must not be what is measured.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { acceptsSpans, answer, type Behaviour } from '../test/support/otlp/behaviour.js';

export type ToCollector =
  /** `forRequests` of them, then it is well again; all that come, where it is not given. */
  | { readonly kind: 'behave'; readonly behaviour: Behaviour; readonly forRequests?: number }
  | { readonly kind: 'go away' }
  | { readonly kind: 'come back' }
  /** Answers with a tally, and forgets what came. */
  | { readonly kind: 'tally' };

export type FromCollector =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'tally'; readonly spans: number; readonly duplicates: number };

const MARK = Buffer.from('"spanId":"');
const OK = { mode: 'ok' } as const;

let behaviour: Behaviour = OK;
let requestsLeft = Number.POSITIVE_INFINITY;
let received = 0;
let ids = new Set<string>();
let server: Server | undefined;
let port = 0;

const tell = (message: FromCollector): unknown => process.send?.(message);

function count(body: Buffer): void {
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at)) {
    at += MARK.length;
    ids.add(body.toString('latin1', at, at + 16));
    received++;
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await read(request);
  const now = requestsLeft > 0 ? behaviour : OK;
  requestsLeft--;
  if (acceptsSpans(now)) count(body);
  answer(now, { request, response });
}

function listen(): void {
  const listening = createServer((request, response) => {
    // A client that goes away in the middle is none of our business.
    exchange(request, response).catch(() => undefined);
  });
  server = listening;
  listening.listen(port, '127.0.0.1', () => {
    port = (listening.address() as AddressInfo).port;
    tell({ kind: 'listening', port });
  });
}

process.on('message', (message: ToCollector) => {
  if (message.kind === 'behave') {
    behaviour = message.behaviour;
    requestsLeft = message.forRequests ?? Number.POSITIVE_INFINITY;
  } else if (message.kind === 'go away') {
    server?.close();
    server?.closeAllConnections();
  } else if (message.kind === 'come back') listen();
  else {
    tell({ kind: 'tally', spans: ids.size, duplicates: received - ids.size });
    ids = new Set();
    received = 0;
  }
});
process.on('disconnect', () => process.exit());
listen();
