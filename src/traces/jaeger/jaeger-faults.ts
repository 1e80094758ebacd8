import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';

interface Asked {
  readonly address: JaegerAddress;
  readonly hasAnswered?: boolean | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is Jaeger running, and is this its query port (16686)?',
  ENOTFOUND: 'there is no such host; check the name',
  EAI_AGAIN: 'the name of the host cannot be looked up; check the network',
  ECONNRESET: "the connection was reset; is this an HTTP port, and Jaeger's query port (16686)?",
  UND_ERR_SOCKET: "the connection was closed; is this an HTTP port, and Jaeger's query port (16686)?",
  EHOSTUNREACH: 'the host cannot be reached; check the network',
  ENETUNREACH: 'the network cannot be reached; check it',
  ETIMEDOUT: 'the host does not take the connection; check the address and the network',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not take the connection; check the address and the network',
  EPROTO: 'it does not speak TLS as expected; is it http:// rather than https://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is it http:// rather than https://?',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself; name its authority in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an unknown authority; name that in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is of an unknown authority; name that in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

/** The same of a server that has answered before: it is the right one. */
const LATER_CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there any more; it answered before, so look whether it still runs',
  ECONNRESET:
    'the connection was reset; it answered before, so ask again, and look at its log if that does not help',
  UND_ERR_SOCKET:
    'the connection was closed; it answered before, so ask again, and look at its log if that does not help',
};

/** What fetch says of the ports that it leaves to other protocols, whatever listens there. */
const BAD_PORT = 'bad port';

function causeOf(error: unknown): { code: string; message: string } {
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (inner instanceof AggregateError && inner.errors[0] instanceof Error) inner = inner.errors[0];
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return { code, message: inner instanceof Error ? inner.message : String(inner) };
}

/** A server that no answer came from. */
export function unreachable({ address, hasAnswered }: Asked, error: unknown): SourceError {
  const { code, message } = causeOf(error);
  const later = hasAnswered ? LATER_CAUSES[code] : undefined;
  const cause =
    message === BAD_PORT
      ? 'Node connects to no HTTP server on this port; have Jaeger answer on another, such as 16686'
      : (later ?? CAUSES[code] ?? message);
  return new SourceError('UNREACHABLE', `${address.baseUrl} cannot be asked: ${cause}`, error);
}

/** A server that fell silent. */
export function didNotAnswer({ address, timeoutMs }: Asked, error: unknown): SourceError {
  return new SourceError(
    'UNREACHABLE',
    `${address.baseUrl} did not answer within ${timeoutMs / 1000} s; ask for less (--since) or look at its load`,
    error,
  );
}

/** A server whose answer ended before its end, or cannot be unpacked. */
export function brokenOff({ address }: Asked, byteCount: number, error: unknown): SourceError {
  const { code } = causeOf(error);
  if (code.startsWith('Z_')) {
    return new SourceError(
      'UNREADABLE',
      `${address.baseUrl} sent an answer that cannot be unpacked (${code}); ask again, or ask Jaeger without the proxy before it`,
      error,
    );
  }
  return new SourceError(
    'UNREADABLE',
    `${address.baseUrl} broke off its answer after ${byteCount} bytes; ask again, and look at its log if that does not help`,
    error,
  );
}

/** An answer of more bytes than are taken. */
export class AnswerTooLarge extends SourceError {
  constructor({ address, maxBytes }: Asked) {
    const megabytes = Math.round(maxBytes / 2 ** 20);
    super('UNREADABLE', `${address.baseUrl} answers with more than ${megabytes} MB; ask for less (--since)`);
  }
}

/** The place of a redirect, without what may be a secret in it. */
function placeOf(location: string | null, baseUrl: string): string {
  if (location === null || !URL.canParse(location, baseUrl)) return 'nowhere';
  const { origin, pathname } = new URL(location, baseUrl);
  return `${origin}${pathname}`;
}

/** @throws SourceError where the server redirects, or wants a sign-in. */
export function refuse({ baseUrl }: JaegerAddress, { status, headers }: Response): void {
  if (status >= 300 && status < 400) {
    const to = placeOf(headers.get('location'), baseUrl);
    throw new SourceError(
      'REFUSED',
      `${baseUrl} redirects to ${to} (${status}); name the Jaeger behind it, redirects are not followed`,
    );
  }
  if (status === 401 || status === 403 || status === 407) {
    throw new SourceError(
      'REFUSED',
      `${baseUrl} lets nobody in without signing in (${status}); try --header 'authorization: …' or http://user:password@host, or ask Jaeger directly`,
    );
  }
}

/** An answer that is none of a Jaeger. */
export function notAJaeger(
  baseUrl: string,
  { status, contentType, body }: { status: number; contentType: string; body: Buffer },
): SourceError {
  const what = body.toString('utf8', 0, 100).trim() === '' ? 'nothing' : contentType;
  return new SourceError(
    'NOT_A_JAEGER',
    `${baseUrl} does not answer as a Jaeger does (${status}, ${what}); expected its query address, such as http://localhost:16686`,
  );
}

/** JSON that ends before its end, though the connection did not. */
export function cutOff(baseUrl: string, byteCount: number): SourceError {
  return new SourceError(
    'UNREADABLE',
    `${baseUrl} answered with JSON that is cut off (after ${byteCount} bytes); ask again, or ask Jaeger without the proxy before it`,
  );
}

/** What Jaeger says is wrong with a search. */
export function refusedSearch(baseUrl: string, status: number, message: string): SourceError {
  const line = message.split('\n', 1)[0] ?? '';
  return new SourceError('REFUSED', `${baseUrl} refuses the search (${status}): ${line}`);
}
