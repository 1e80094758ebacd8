import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';
import { type Dialect, type DialectAnswer, legacy, type TraceQuery, v3 } from './jaeger-dialects.js';
import { type Answer, requestJson } from './jaeger-request.js';

export interface JaegerSearchOptions {
  readonly address: JaegerAddress;
  /** Longest wait for one answer, in ms. */
  readonly timeoutMs: number;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function refused(baseUrl: string, status: number, message: string): SourceError {
  return new SourceError('REFUSED', `${baseUrl} refuses the search (${status}): ${firstLine(message)}`);
}

function notAJaeger(baseUrl: string, { status, contentType }: Answer): SourceError {
  return new SourceError(
    'NOT_A_JAEGER',
    `${baseUrl} does not answer as a Jaeger does (${status}, ${contentType}); expected its query address, such as http://localhost:16686`,
  );
}

/** Older versions know no such route, or want other parameters: neither says anything of the search itself. */
function mayBeOlder({ status }: Answer, read: DialectAnswer | undefined): boolean {
  return read === undefined || (read.error !== undefined && [400, 404, 405, 501].includes(status));
}

/**
 * Asks a Jaeger in the dialect that it understands: v3 first, then, where that is not understood, the older one. What was found out
 * holds for every later search.
 */
export function createJaegerSearch({ address, timeoutMs }: JaegerSearchOptions) {
  const { baseUrl } = address;
  let known: Dialect | undefined;

  const ask = async (dialect: Dialect, query: TraceQuery) => {
    const answer = await requestJson({ address, path: dialect.path(query), timeoutMs });
    return { answer, read: dialect.read(answer) };
  };

  const settle = (dialect: Dialect, answer: Answer, read: DialectAnswer | undefined): DialectAnswer => {
    if (read === undefined) throw notAJaeger(baseUrl, answer);
    if (read.error !== undefined && read.spans.length === 0)
      throw refused(baseUrl, answer.status, read.error);
    known = dialect;
    return read;
  };

  /** @throws SourceError where the server cannot be reached, refuses, or is no Jaeger. */
  return async (query: TraceQuery): Promise<DialectAnswer> => {
    const first = known ?? v3;
    const { answer, read } = await ask(first, query);
    if (known !== undefined || !mayBeOlder(answer, read)) return settle(first, answer, read);
    const older = await ask(legacy, query);
    if (older.read === undefined && read?.error !== undefined)
      throw refused(baseUrl, answer.status, read.error);
    return settle(legacy, older.answer, older.read);
  };
}
