import { isObject } from '../json-value.js';
import type { JaegerAddress } from './jaeger-address.js';
import { type Dialect, type DialectAnswer, legacy, type TraceQuery, v3 } from './jaeger-dialects.js';
import { cutOff, notAJaeger, refusedSearch } from './jaeger-faults.js';
import { type Answer, jsonOf, type RequestOptions, request } from './jaeger-request.js';
import { findJsonList } from './json-list.js';

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
  /** What it says, in parts, none of them held longer than it is looked at. A trace may be in several that follow each other. */
  read(): Iterable<DialectAnswer>;
}

/** A Jaeger, whichever dialect it speaks. All throw a SourceError where it cannot be reached, refuses, or is no Jaeger. */
export interface Jaeger {
  search(query: TraceQuery, signal?: AbortSignal): Promise<Arrived>;
  /** The spans of a trace; none where it is not there. */
  trace(traceId: string, signal?: AbortSignal): Promise<Arrived>;
}

/** What begins as JSON and cannot be read was cut off on its way, by a proxy perhaps. */
function isCutOff(answer: Answer): boolean {
  return answer.status === 200 && answer.body.toString('latin1', 0, 1) === '{' && jsonOf(answer).length === 0;
}

/** Older versions know no such route, or want other parameters: neither says anything of the search itself. */
function mayBeOlder(answer: Answer, read: DialectAnswer | undefined): boolean {
  if (read === undefined) return !isCutOff(answer);
  return read.error !== undefined && [400, 404, 405, 501].includes(answer.status);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an answer that lists what was found, one object at a time; undefined where it does not. */
function readList(dialect: Dialect, answer: Answer, baseUrl: string): Iterable<DialectAnswer> | undefined {
  if (answer.status !== 200) return undefined;
  const list = findJsonList(answer.body, dialect.listStart);
  if (list === undefined) return undefined;
  const broken = () => cutOff(baseUrl, answer.body.length);
  function* parts(of: NonNullable<typeof list>): Generator<DialectAnswer> {
    for (const text of of.elements()) {
      const element = parseObject(text);
      if (element === undefined) throw broken();
      yield { ...dialect.readElement(element), error: undefined };
    }
    const envelope = of.envelope();
    const rest =
      envelope === undefined ? undefined : dialect.read({ ...answer, body: Buffer.from(envelope, 'utf8') });
    if (rest === undefined) throw broken();
    yield rest;
  }
  return parts(list);
}

type Ask = (asked: Pick<RequestOptions, 'path' | 'maxBytes' | 'signal'>) => Promise<Answer>;

/** Asks one server, and remembers whether it has answered. */
function createRequests({ address, timeoutMs }: JaegerOptions): Ask {
  let hasAnswered = false;
  return async (asked) => {
    const answer = await request({ address, timeoutMs, hasAnswered, ...asked });
    hasAnswered = true;
    return answer;
  };
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
function createAsking(ask: Ask, { address: { baseUrl } }: JaegerOptions) {
  let known: Dialect | undefined;

  const settle = (dialect: Dialect, answer: Answer, read: DialectAnswer | undefined): Arrived => {
    if (read === undefined)
      throw isCutOff(answer) ? cutOff(baseUrl, answer.body.length) : notAJaeger(baseUrl, answer);
    if (read.error !== undefined && read.spans.length === 0)
      throw refusedSearch(baseUrl, answer.status, read.error);
    known = dialect;
    return { byteCount: answer.body.length, read: () => [read] };
  };

  const settleList = (dialect: Dialect, answer: Answer): Arrived | undefined => {
    const parts = readList(dialect, answer, baseUrl);
    if (parts === undefined) return undefined;
    known = dialect;
    return { byteCount: answer.body.length, read: () => parts };
  };

  return async ({ path, maxBytes, signal }: Asking): Promise<Arrived> => {
    const askIn = (dialect: Dialect) => ask({ path: path(dialect), maxBytes, signal });
    const first = known ?? v3;
    const answer = await askIn(first);
    const listed = settleList(first, answer);
    if (listed !== undefined) return listed;
    const read = first.read(answer);
    if (known !== undefined || !mayBeOlder(answer, read)) return settle(first, answer, read);
    const older = await askIn(legacy);
    const olderListed = settleList(legacy, older);
    if (olderListed !== undefined) return olderListed;
    const olderRead = legacy.read(older);
    if (olderRead === undefined && read?.error !== undefined)
      throw refusedSearch(baseUrl, answer.status, read.error);
    return settle(legacy, older, olderRead);
  };
}

/** A Jaeger at an address. Versions up to 2.18 know v3 for a single trace, not for a search: each is found out by itself. */
export function createJaeger(options: JaegerOptions): Jaeger {
  const ask = createRequests(options);
  const askSearch = createAsking(ask, options);
  const askTrace = createAsking(ask, options);
  return {
    search: (query, signal) =>
      askSearch({ path: (dialect) => dialect.searchPath(query), maxBytes: MAX_SEARCH_BYTES, signal }),
    trace: (traceId, signal) =>
      askTrace({ path: (dialect) => dialect.tracePath(traceId), maxBytes: MAX_TRACE_BYTES, signal }),
  };
}
