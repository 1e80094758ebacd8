import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a receiver answers an export request; `acceptsSpans` tells which of them take the spans. */
export type Behaviour =
  | { readonly mode: 'ok' }
  /** Answers with this status; `retryAfter` is the header's text. A status of 2xx accepts the spans, any other does not. */
  | { readonly mode: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Reads the request and says nothing. */
  | { readonly mode: 'never answers' }
  /** Cuts the connection as soon as the request was read. */
  | { readonly mode: 'resets' }
  /** 200, with a body that is no OTLP; accepts the spans. */
  | { readonly mode: 'garbage body' }
  /** 200, with a page of HTML; takes no spans. */
  | { readonly mode: 'page' }
  /** Bytes that are no HTTP. */
  | { readonly mode: 'garbage' }
  /** 200 at once, its body a byte a second; accepts the spans. */
  | { readonly mode: 'slow body' }
  /** The whole answer, from the status line on, a byte a second. */
  | { readonly mode: 'slow bytes' }
  /** 200 after so many ms; accepts the spans. */
  | { readonly mode: 'late'; readonly afterMs: number }
  /** 200 with `rejectedSpans`, at most 127; counts the spans as received all the same. */
  | { readonly mode: 'partial success'; readonly rejectedSpans: number; readonly message?: string };

/** A request and its answer, as Node's server hands them over. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Whether a receiver that behaves so has taken the spans. */
export function acceptsSpans(behaviour: Behaviour): boolean {
  if (behaviour.mode === 'status') return behaviour.status < 300;
  return ['ok', 'garbage body', 'slow body', 'late', 'partial success'].includes(behaviour.mode);
}

function drip(write: (byte: string) => void, text: string, response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < text.length) write(text.charAt(at++));
    else clearInterval(timer);
  }, 1000);
  response.on('close', () => clearInterval(timer));
}

/** An ExportTraceServiceResponse, in the encoding of the request. */
function answerOtlp(
  { request, response }: Exchange,
  partialSuccess: { rejectedSpans?: number; errorMessage?: string } = {},
): void {
  const protobuf = request.headers['content-type'] === 'application/x-protobuf';
  response.writeHead(200, { 'content-type': protobuf ? 'application/x-protobuf' : 'application/json' });
  response.end(protobuf ? encodePartialSuccess(partialSuccess) : JSON.stringify({ partialSuccess }));
}

function encodePartialSuccess(partial: { rejectedSpans?: number; errorMessage?: string }): Buffer {
  if (partial.rejectedSpans === undefined) return Buffer.alloc(0);
  const message = Buffer.from(partial.errorMessage ?? '');
  const inner = Buffer.from([0x08, partial.rejectedSpans, 0x12, message.length, ...message]);
  return Buffer.from([0x0a, inner.length, ...inner]);
}

type Answers = {
  [M in Behaviour['mode']]: (exchange: Exchange, behaviour: Extract<Behaviour, { mode: M }>) => void;
};

const ANSWERS: Answers = {
  ok: (exchange) => answerOtlp(exchange),
  'partial success': (exchange, { rejectedSpans, message = '' }) =>
    answerOtlp(exchange, { rejectedSpans, errorMessage: message }),
  status: ({ response }, { status, retryAfter }) => {
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    response.end();
  },
  'never answers': () => undefined,
  resets: ({ request }) => {
    request.socket.resetAndDestroy();
  },
  'garbage body': ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"partial\u0000\u0001');
  },
  page: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><p>welcome');
  },
  garbage: ({ request }) => {
    request.socket.end('\u0000\u0001\u0002 this is no HTTP\r\n\r\n');
  },
  'slow body': ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2000' });
    response.flushHeaders();
    drip((byte) => response.write(byte), ' '.repeat(2000), response);
  },
  'slow bytes': ({ request, response }) =>
    drip((byte) => request.socket.write(byte), `HTTP/1.1 200 OK\r\nx: ${'.'.repeat(2000)}`, response),
  late: (exchange, { afterMs }) => {
    const timer = setTimeout(() => answerOtlp(exchange), afterMs);
    exchange.response.on('close', () => clearTimeout(timer));
  },
};

/** Answers one request, whose body was read, as `behaviour` says. */
export function answer<B extends Behaviour>(behaviour: B, exchange: Exchange): void {
  const answerAs = ANSWERS[behaviour.mode] as (exchange: Exchange, behaviour: B) => void;
  answerAs(exchange, behaviour);
}
