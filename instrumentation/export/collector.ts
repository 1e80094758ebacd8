import { context } from '@opentelemetry/api';
import { getNumberFromEnv, suppressTracing } from '@opentelemetry/core';
import type { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { IS_IT_THE_PORT, isHtmlPage } from '../../src/tracing/otlp-answers.js';
import { type AttemptResult, observeAttempt, oneRequestOnly, SecondRequestError } from './attempt.js';
import { type PackedBatch, unpack } from './packed-batch.js';
import type { Requests } from './requests/requests.js';
import { readRetryAfterMs } from './retry-after.js';
import type { SpanRecord } from './span-record.js';

/** What the collector made of a batch. `why` is one line for people. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** Taken, but for so many spans; a collector can say more than there were. */
  | { readonly kind: 'partly'; readonly rejectedSpans: number; readonly why: string }
  /** Not taken, and the same batch will not be taken later. */
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** Less of it may be taken. */
      readonly isTooLarge?: boolean;
    }
  /** It answers, but wants to be asked later. */
  | { readonly kind: 'busy'; readonly why: string; readonly retryAfterMs: number | undefined }
  /** No answer. */
  | {
      readonly kind: 'unreachable';
      readonly why: string;
      /** Only a connection that was kept open is known to be dead, and a new one may well do. */
      readonly staleConnection: boolean;
      /** Nothing listens there: it is no use to ask again in a moment. */
      readonly isAway: boolean;
    };

export interface Collector {
  /** Sends the spans of a batch once, in one request. Rejects when they cannot be serialized. */
  send(batch: PackedBatch): Promise<Outcome>;
}

export type OtlpProtocol = 'http/json' | 'http/protobuf';

/** The statuses that OTLP/HTTP allows to try again after. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const TOO_LARGE_STATUS = 413;
const DEFAULT_TIMEOUT_MS = 10_000;

/** Undefined where it is none that a timer can wait. */
function readTimeoutMs(name: string): number | undefined {
  const timeoutMs = getNumberFromEnv(name) ?? 0;
  return timeoutMs > 0 && timeoutMs < 2 ** 31 ? timeoutMs : undefined;
}

function exportTimeoutMs(): number {
  return (
    readTimeoutMs('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT') ??
    readTimeoutMs('OTEL_EXPORTER_OTLP_TIMEOUT') ??
    DEFAULT_TIMEOUT_MS
  );
}

async function createExporter(protocol: OtlpProtocol): Promise<OTLPTraceExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/protobuf'
      ? await import('@opentelemetry/exporter-trace-otlp-proto')
      : await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter({ headers: oneRequestOnly });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 200);
}

function describeFailure(error: NodeJS.ErrnoException): string {
  const inner =
    error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : error;
  // An exporter's error has the number of a status there.
  if (String(inner?.code).startsWith('HPE_')) return oneLine(`${inner?.message}; ${IS_IT_THE_PORT}`);
  return oneLine(inner?.message || error.message || (error.code ?? 'unknown error'));
}

/** Cut off, too slow, or answered by what is no HTTP: something is there. */
function wasConnected({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code.startsWith('HPE_');
}

function readPartialSuccess(
  protocol: OtlpProtocol,
  body: Uint8Array,
): { rejectedSpans: number; message: string } {
  try {
    const serializer = protocol === 'http/protobuf' ? ProtobufTraceSerializer : JsonTraceSerializer;
    const { partialSuccess } = serializer.deserializeResponse(body);
    return {
      rejectedSpans: Math.ceil(Number(partialSuccess?.rejectedSpans ?? 0)),
      message: oneLine(partialSuccess?.errorMessage ?? ''),
    };
  } catch {
    return { rejectedSpans: 0, message: '' };
  }
}

type Answered = Extract<AttemptResult, { kind: 'answered' }>;

/** Whoever takes traces does not answer by a page: that is the port of a query, or where one signs in. */
function isPage({ contentType = '', body }: Answered): boolean {
  return isHtmlPage(contentType, Buffer.from(body).toString('latin1'));
}

function toOutcome(result: AttemptResult, protocol: OtlpProtocol): Outcome {
  if (result.kind === 'failed') {
    const { error, onKeptConnection } = result;
    const staleConnection = onKeptConnection && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    return {
      kind: 'unreachable',
      why: describeFailure(error),
      staleConnection,
      isAway: !wasConnected(error),
    };
  }
  const { status, statusText, body } = result;
  if (status >= 200 && status < 300) {
    if (isPage(result)) {
      const why = `HTTP ${status} with a page of HTML, which no OTLP endpoint answers; ${IS_IT_THE_PORT}`;
      return { kind: 'refused', why };
    }
    const { rejectedSpans, message } = readPartialSuccess(protocol, body);
    if (!(rejectedSpans > 0)) return { kind: 'delivered' };
    return { kind: 'partly', rejectedSpans, why: `partial success${message && `: ${message}`}` };
  }
  const why = oneLine(`HTTP ${status} ${statusText}`);
  return RETRYABLE_STATUSES.has(status)
    ? { kind: 'busy', why, retryAfterMs: readRetryAfterMs(result.retryAfter) }
    : { kind: 'refused', why, isTooLarge: status === TOO_LARGE_STATUS };
}

/** What the exporter says of a batch, for when its request was not seen: it may not have come to one. */
function unobserved(error: Error | undefined): Outcome {
  if (!error) return { kind: 'delivered' };
  const { code } = error as { code?: unknown };
  if (error instanceof SecondRequestError) {
    return { kind: 'unreachable', why: 'no connection', staleConnection: true, isAway: true };
  }
  const why = describeFailure(error);
  return typeof code === 'string'
    ? { kind: 'unreachable', why, staleConnection: false, isAway: true }
    : { kind: 'refused', why: `cannot be sent: ${why}` };
}

interface Serializer extends Omit<typeof JsonTraceSerializer, 'serializeRequest'> {
  serializeRequest(request: Uint8Array): Uint8Array;
}

/** Has an exporter send what it is given as it is; false where its serializer is not where it was. */
function sendsBytes(exporter: OTLPTraceExporter): boolean {
  const { _delegate: delegate } = exporter as unknown as {
    _delegate?: { _serializer?: Partial<Serializer> };
  };
  const stock = delegate?._serializer;
  if (!delegate || typeof stock?.serializeRequest !== 'function') return false;
  delegate._serializer = { ...stock, serializeRequest: (request) => request };
  return true;
}

interface Attempted {
  readonly outcome: Outcome;
  readonly wasSent: boolean;
}

export interface CollectorOptions {
  readonly resourceAttributes: SpanRecord['attributes'];
  /** In the form of the protocol. */
  readonly requests: Requests;
}

/**
 * The collector, behind the stock OTLP/HTTP exporter, which reads endpoint, headers, compression, timeout and certificates from the
 * standard variables. The exporter keeps to itself what the collector answered and tries again in its own time; so the request is
 * observed instead, and trying again is left to the caller. Rejects when the exporter cannot be made.
 */
export async function createCollector(
  protocol: OtlpProtocol,
  { resourceAttributes, requests }: CollectorOptions,
): Promise<Collector> {
  const exporter = await createExporter(protocol);
  const timeoutMs = exportTimeoutMs();
  const resource = resourceFromAttributes(resourceAttributes);
  const isWritten = sendsBytes(exporter);

  const attempt = (spans: ReadableSpan[]): Promise<Attempted> =>
    new Promise((resolve) => {
      const begin = () =>
        context.with(suppressTracing(context.active()), () =>
          exporter.export(spans, ({ error }) => {
            // What was observed comes first.
            setImmediate(() => resolve({ outcome: unobserved(error), wasSent: false }));
          }),
        );
      observeAttempt(begin, timeoutMs).then(
        (result) =>
          resolve({
            outcome: toOutcome(result, protocol),
            wasSent: result.kind === 'answered' && result.wasSent,
          }),
        (error: Error) =>
          resolve({ outcome: { kind: 'refused', why: oneLine(error.message) }, wasSent: false }),
      );
    });

  const sendWritten = async (batch: PackedBatch): Promise<Outcome> => {
    const request = requests.write(batch);
    const { outcome, wasSent } = await attempt(request as unknown as ReadableSpan[]);
    if (wasSent) requests.release(request);
    return outcome;
  };
  const sendSpans = async (batch: PackedBatch): Promise<Outcome> =>
    (await attempt(unpack(batch, resource))).outcome;
  return { send: isWritten ? sendWritten : sendSpans };
}
