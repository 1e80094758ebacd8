import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';
import { type Dialect, type DialectAnswer, legacy, type TraceQuery, v3 } from './jaeger-dialects.js';
import { type Answer, jsonOf, request } from './jaeger-request.js';

/** The largest answer that is taken: the text of one has to fit into a string. */
const MAX_TRACE_BYTES = 500 * 2 ** 20;
/** Several traces can be asked for in parts. */
const MAX_SEARCH_BYTES = 64 * 2 ** 20;

export interface JaegerOptions {
  readonly address: JaegerAddress;
  /** Longest wait for an answer to begin or to go on, in ms. */
  readonly timeoutMs: number;
}

/** An answer that has arrived, and is still to be read. */
export interface Arrived {
  readonly byteCount: number;
  read(): DialectAnswer;
}

/** A Jaeger, whichever dialect it speaks. All throw a SourceError where it cannot be reached, refuses, or is no Jaeger. */
export interface Jaeger {
  search(query: TraceQuery, signal?: AbortSignal): Promise<Arrived>;
  /** The spans of a trace; none where it is not there. */
  trace(traceId: string, signal?: AbortSignal): Promise<Arrived>;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function refused(baseUrl: string, status: number, message: string): SourceError {
  return new SourceError('REFUSED', `${baseUrl} refuses the search (${status}): ${firstLine(message)}`);
}

/** What begins as JSON and cannot be read was cut off on its way, by a proxy perhaps. */
function isCutOff(answer: Answer): boolean {
  return answer.status === 200 && /^\s*\{/.test(answer.body) && jsonOf(answer).length === 0;
}

function notAJaeger(baseUrl: string, answer: Answer): SourceError {
  const { status, contentType, body } = answer;
  if (isCutOff(answer)) {
    return new SourceError(
      'UNREADABLE',
      `${baseUrl} answered with JSON that is cut off (after ${body.length} characters); ask again, or ask Jaeger without the proxy before it`,
    );
  }
  const what = body.trim() === '' ? 'nothing' : contentType;
  return new SourceError(
    'NOT_A_JAEGER',
    `${baseUrl} does not answer as a Jaeger does (${status}, ${what}); expected its query address, such as http://localhost:16686`,
  );
}

/** Older versions know no such route, or want other parameters: neither says anything of the search itself. */
function mayBeOlder(answer: Answer, read: DialectAnswer | undefined): boolean {
  if (read === undefined) return !isCutOff(answer);
  return read.error !== undefined && [400, 404, 405, 501].includes(answer.status);
}

interface Asking {
  readonly path: (dialect: Dialect) => string;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks in the dialect that the server understands: v3 first, then, where that is not understood, the older one. What was found out holds
 * for whatever is asked later.
 */
function createAsking({ address, timeoutMs }: JaegerOptions) {
  const { baseUrl } = address;
  let known: Dialect | undefined;

  const settle = (dialect: Dialect, answer: Answer, read: DialectAnswer | undefined): DialectAnswer => {
    if (read === undefined) throw notAJaeger(baseUrl, answer);
    if (read.error !== undefined && read.spans.length === 0)
      throw refused(baseUrl, answer.status, read.error);
    known = dialect;
    return read;
  };

  return async ({ path, maxBytes, signal }: Asking): Promise<Arrived> => {
    const ask = (dialect: Dialect) => request({ address, path: path(dialect), timeoutMs, maxBytes, signal });
    const first = known ?? v3;
    const answer = await ask(first);
    const byteCount = answer.body.length;
    if (known !== undefined && answer.status === 200)
      return { byteCount, read: () => settle(first, answer, first.read(answer)) };
    const read = first.read(answer);
    if (known !== undefined || !mayBeOlder(answer, read)) {
      const settled = settle(first, answer, read);
      return { byteCount, read: () => settled };
    }
    const older = await ask(legacy);
    const olderRead = legacy.read(older);
    if (olderRead === undefined && read?.error !== undefined)
      throw refused(baseUrl, answer.status, read.error);
    const settled = settle(legacy, older, olderRead);
    return { byteCount: older.body.length, read: () => settled };
  };
}

/** A Jaeger at an address. Versions up to 2.18 know v3 for a single trace, not for a search: each is found out by itself. */
export function createJaeger(options: JaegerOptions): Jaeger {
  const askSearch = createAsking(options);
  const askTrace = createAsking(options);
  return {
    search: (query, signal) =>
      askSearch({ path: (dialect) => dialect.searchPath(query), maxBytes: MAX_SEARCH_BYTES, signal }),
    trace: (traceId, signal) =>
      askTrace({ path: (dialect) => dialect.tracePath(traceId), maxBytes: MAX_TRACE_BYTES, signal }),
  };
}
