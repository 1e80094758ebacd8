import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';

/** What became of one HTTP request that the exporter made. */
export type AttemptResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly statusText: string;
      readonly retryAfter: string | undefined;
      readonly contentType: string | undefined;
      readonly body: Uint8Array;
      /** Whether all of the request had left by then: an answer may come before that. */
      readonly wasSent: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly error: NodeJS.ErrnoException;
      /** The request went over a connection kept from an earlier one, which the other side may just have closed. */
      readonly onKeptConnection: boolean;
    };

/** Once the status is known, the rest of an answer is waited for only so long. */
const BODY_TIMEOUT_MS = 2000;
/** An answer to an export says little; what goes past this is not kept. */
const MAX_BODY_BYTES = 64 * 1024;

/** One request, from the moment the exporter asks for its headers to its result. */
class Attempt {
  readonly result: Promise<AttemptResult>;
  #request: ClientRequest | undefined;
  #started = false;
  #resolve: (result: AttemptResult) => void = () => undefined;

  constructor() {
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** False from the second time on: the exporter would try again by itself. */
  start(): boolean {
    const first = !this.#started;
    this.#started = true;
    return first;
  }

  onRequest(request: ClientRequest): void {
    this.#request = request;
    request.on('socket', (socket) => socket.unref());
  }

  /** `request`: that which failed, of which nobody may have told before. */
  onError(error: NodeJS.ErrnoException, request = this.#request): void {
    this.#resolve({ kind: 'failed', error, onKeptConnection: request?.reusedSocket ?? false });
  }

  onResponse(response: IncomingMessage): void {
    const chunks: Buffer[] = [];
    let kept = 0;
    const done = () => {
      clearTimeout(timer);
      this.#resolve({
        kind: 'answered',
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        retryAfter: response.headers['retry-after'],
        contentType: response.headers['content-type'],
        body: Buffer.concat(chunks),
        wasSent: this.#request?.writableFinished ?? false,
      });
    };
    const timer = setTimeout(() => {
      done();
      this.abort();
    }, BODY_TIMEOUT_MS).unref();
    response.on('data', (chunk: Buffer) => {
      kept += chunk.length;
      if (kept <= MAX_BODY_BYTES) chunks.push(chunk);
    });
    response.on('close', done);
    response.on('end', done);
  }

  abort(): void {
    this.#request?.destroy();
  }
}

const current = new AsyncLocalStorage<Attempt>();
const attempts = new WeakMap<ClientRequest, Attempt>();
let listening = false;

function begun(message: unknown): void {
  const { request } = message as { request: ClientRequest };
  const attempt = current.getStore();
  if (!attempt || attempts.has(request)) return;
  attempts.set(request, attempt);
  attempt.onRequest(request);
}

/**
 * Node tells of every HTTP request of this thread; ours are known by the async context that they are made in. Some versions tell of a
 * request only when its body is written, which a connection that is refused never comes to: then the error's own context has to do.
 */
function listen(): void {
  if (listening) return;
  listening = true;
  subscribe('http.client.request.created', begun);
  subscribe('http.client.request.start', begun);
  subscribe('http.client.request.error', (message) => {
    const { request, error } = message as { request: ClientRequest; error: Error };
    (attempts.get(request) ?? current.getStore())?.onError(error, request);
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    attempts.get(request)?.onResponse(response);
  });
}

/** What the exporter's second request of an attempt fails with. */
export class SecondRequestError extends Error {
  readonly code = 'ERR_SECOND_REQUEST';
}

/**
 * To be the exporter's `headers`: it is asked before every request, and it refuses the second one of an attempt, since when to try again
 * is decided here and not by the exporter.
 */
export async function oneRequestOnly(): Promise<Record<string, string>> {
  if (current.getStore()?.start() === false) throw new SecondRequestError('one request an attempt');
  return {};
}

/**
 * Runs `begin`, which makes one HTTP request sooner or later, and tells what became of that request: of the very first, whatever is tried
 * after it. Past `timeoutMs` the request is cut off and counts as failed.
 */
export async function observeAttempt(begin: () => void, timeoutMs: number): Promise<AttemptResult> {
  listen();
  const attempt = new Attempt();
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${timeoutMs} ms`);
    attempt.onError(Object.assign(error, { code: 'ETIMEDOUT' }));
    attempt.abort();
  }, timeoutMs).unref();
  try {
    current.run(attempt, begin);
    return await attempt.result;
  } finally {
    clearTimeout(timer);
  }
}
