import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';

/** What a server answered, whether it is a Jaeger or not. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** The JSON values of the body: one, or one a line where the answer was streamed; none where it is no JSON. */
  readonly json: readonly unknown[];
}

export interface RequestOptions {
  readonly address: JaegerAddress;
  /** Path below the base path, with its query. */
  readonly path: string;
  readonly timeoutMs: number;
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is Jaeger running, and is this its query port (16686)?',
  ENOTFOUND: 'there is no such host; check the name',
  EAI_AGAIN: 'the name of the host cannot be looked up; check the network',
  ECONNRESET: "the connection was reset; is this an HTTP port, and Jaeger's query port (16686)?",
  UND_ERR_SOCKET: "the connection was closed; is this an HTTP port, and Jaeger's query port (16686)?",
  EHOSTUNREACH: 'the host cannot be reached; check the network',
  ENETUNREACH: 'the network cannot be reached; check it',
};

function causeOf(error: unknown): { code: string; message: string } {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) inner = inner.errors[0];
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return { code, message: inner instanceof Error ? inner.message : String(inner) };
}

function unreachable({ address, timeoutMs }: RequestOptions, error: unknown): SourceError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    const seconds = timeoutMs / 1000;
    return new SourceError(
      'UNREACHABLE',
      `${address.baseUrl} did not answer within ${seconds} s; ask for less (--since) or look at its load`,
      error,
    );
  }
  const { code, message } = causeOf(error);
  return new SourceError(
    'UNREACHABLE',
    `${address.baseUrl} cannot be asked: ${CAUSES[code] ?? message}`,
    error,
  );
}

function parseAll(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) return [];
    try {
      return lines.map((line): unknown => JSON.parse(line));
    } catch {
      return [];
    }
  }
}

function refuse({ baseUrl }: JaegerAddress, response: Response): void {
  const { status } = response;
  if (status >= 300 && status < 400) {
    const to = response.headers.get('location') ?? 'nowhere';
    throw new SourceError(
      'REFUSED',
      `${baseUrl} redirects to ${to} (${status}); name the Jaeger behind it, redirects are not followed`,
    );
  }
  if (status === 401 || status === 403 || status === 407) {
    throw new SourceError(
      'REFUSED',
      `${baseUrl} lets nobody in without signing in (${status}); try http://user:password@host, or ask Jaeger directly`,
    );
  }
}

/**
 * Asks a server for JSON.
 * @throws SourceError where it cannot be reached, does not answer in time, redirects, or wants a sign-in.
 */
export async function requestJson(options: RequestOptions): Promise<Answer> {
  const { address, path, timeoutMs } = options;
  try {
    const response = await fetch(`${address.baseUrl}${path}`, {
      headers: { accept: 'application/json', ...address.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    refuse(address, response);
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? 'no content type',
      json: parseAll(await response.text()),
    };
  } catch (error) {
    throw error instanceof SourceError ? error : unreachable(options, error);
  }
}
