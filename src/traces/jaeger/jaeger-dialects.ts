import { isObject, type JsonObject, objectsOf } from '../json-value.js';
import { readOtlpJson, type SpansRead } from '../otlp-json.js';
import { readJaegerJson } from './jaeger-json.js';
import { type Answer, jsonOf } from './jaeger-request.js';

/** One search, within one window of time. */
export interface TraceQuery {
  readonly serviceName: string;
  /** What has to hold for a span of the trace; see {@link StoreConditions}. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly minDurationMs: number | undefined;
  /** Whole ms since 1970. Stores differ on whether the ends belong to it. */
  readonly fromUnixMs: number;
  readonly toUnixMs: number;
  /** Most traces in one answer. */
  readonly maxTraces: number;
}

/** How one family of Jaeger versions is asked, and how its answer reads. */
export interface Dialect {
  searchPath(query: TraceQuery): string;
  tracePath(traceId: string): string;
  /** How an answer begins that lists what was found. */
  readonly listStart: RegExp;
  /** Reads one object of that list. */
  readElement(element: JsonObject): SpansRead;
  /** What an answer says, read whole; undefined where it is no answer of this dialect. */
  read(answer: Answer): DialectAnswer | undefined;
}

/** Spans, or what Jaeger says is wrong; both, where it could answer in part. */
export interface DialectAnswer extends SpansRead {
  readonly error: string | undefined;
}

const NO_SPANS: DialectAnswer = { spans: [], faults: [], error: undefined };

/** How Jaeger says that there is no such trace, or none at all. */
const NOT_FOUND = /no traces? found|trace not found/i;

/** A duration as Go reads it. Jaeger's older stores know microseconds at best. */
function microseconds(durationMs: number): string {
  return `${Math.floor(durationMs * 1000)}us`;
}

/** `/api/v3/traces` as Jaeger 2.19 and later have it: camelCase, RFC 3339, OTLP JSON, and 404 where nothing matches. */
export const v3: Dialect = {
  searchPath: ({ serviceName, attributes, minDurationMs, fromUnixMs, toUnixMs, maxTraces }) =>
    `/api/v3/traces?${new URLSearchParams({
      'query.serviceName': serviceName,
      'query.startTimeMin': new Date(fromUnixMs).toISOString(),
      'query.startTimeMax': new Date(toUnixMs).toISOString(),
      'query.attributes': JSON.stringify(attributes),
      'query.searchDepth': String(maxTraces),
      ...(minDurationMs === undefined ? {} : { 'query.durationMin': microseconds(minDurationMs) }),
    })}`,
  tracePath: (traceId) => `/api/v3/traces/${traceId}`,
  listStart: /^\s*\{\s*"result"\s*:\s*\{\s*"resourceSpans"\s*:\s*\[/,
  readElement: (resourceSpans) => readOtlpJson({ resourceSpans: [resourceSpans] }),
  read: (answer) => {
    const all = jsonOf(answer).filter(isObject);
    if (all.length === 0) return undefined;
    const errors = all.map((value) => value['error']).filter(isObject);
    const message = errors.map((error) => error['message']).find((text) => typeof text === 'string');
    if (answer.status === 404 && NOT_FOUND.test(message ?? '')) return NO_SPANS;
    const reads = all
      .map((value) => value['result'])
      .filter(isObject)
      .map(readOtlpJson);
    if (message === undefined && (answer.status !== 200 || reads.length === 0)) return undefined;
    return {
      spans: reads.flatMap((read) => read.spans),
      faults: reads.flatMap((read) => read.faults),
      error: message,
    };
  },
};

/** `/api/traces` as Jaeger up to 2.20 has it: microseconds, Jaeger's own JSON, and an empty list where nothing matches. */
export const legacy: Dialect = {
  searchPath: ({ serviceName, attributes, minDurationMs, fromUnixMs, toUnixMs, maxTraces }) =>
    `/api/traces?${new URLSearchParams({
      service: serviceName,
      start: String(fromUnixMs * 1000),
      end: String(toUnixMs * 1000),
      tags: JSON.stringify(attributes),
      limit: String(maxTraces),
      ...(minDurationMs === undefined ? {} : { minDuration: microseconds(minDurationMs) }),
    })}`,
  tracePath: (traceId) => `/api/traces/${traceId}`,
  listStart: /^\s*\{\s*"data"\s*:\s*\[/,
  readElement: (trace) => readJaegerJson([trace]),
  read: (answer) => {
    const [value] = jsonOf(answer);
    if (!isObject(value) || !('data' in value)) return undefined;
    const message = objectsOf(value['errors'])
      .map((error) => error['msg'])
      .find((text) => typeof text === 'string');
    if (NOT_FOUND.test(message ?? '') && objectsOf(value['data']).length === 0) return NO_SPANS;
    return { ...readJaegerJson(objectsOf(value['data'])), error: message };
  },
};
