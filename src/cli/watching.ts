import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { growingLines } from '../traces/growing-lines.js';
import { createRecentSpans } from '../traces/recent-spans.js';
import type { Span } from '../traces/span.js';
import type { SpanFilter } from '../traces/span-filter.js';
import { SourceError, type TraceSource } from '../traces/trace-source.js';
import { spansOfLine, wantedOf } from '../traces/watched-batch.js';
import { whatThereIs } from '../traces/what-there-is.js';
import type { Request } from './request.js';

const POLL_MS = 2000;
/** How far back each poll looks: a span is found by its start, and comes when it has ended. */
const LOOK_BACK_MS = 2 * 60_000;
/** Now and then, for what took longer. */
const LONG_LOOK_BACK_MS = 60 * 60_000;
const LONG_POLL_MS = 60_000;

export interface Watch {
  readonly request: Request;
  readonly filter: SpanFilter;
  readonly fields: readonly string[];
  readonly signal: AbortSignal;
  readonly onSpans: (spans: readonly Span[], source: TraceSource) => void;
  /** Called when what comes from now on counts as new. */
  readonly onReady: () => void;
}

function linesOf(source: TraceSource, { request, signal, onReady }: Watch): AsyncIterable<string> {
  const { label } = source;
  if (label === 'the standard input') {
    onReady();
    return createInterface({ input: process.stdin, signal });
  }
  const news = {
    gone: `${label} is not there; waiting for it`,
    back: `${label} is there now`,
    replaced: `${label} is another file now; following that`,
    truncated: `${label} was truncated; following it from its start`,
  };
  return growingLines({
    path: label,
    fromStart: request.options.since !== undefined,
    signal,
    onNews: (what) => request.output.say(news[what]),
    onReady,
  });
}

/**
 * Follows a trace file: what is written to it from now on, or all that began since the moment asked for; the standard input, to its end.
 * @throws SourceError where the file cannot be read.
 */
export async function watchFile(source: TraceSource, watch: Watch): Promise<void> {
  const { request, filter, onSpans } = watch;
  const { label } = source;
  const { since, service } = request.options;
  let isDamaged = false;
  const isWanted = (span: Span): boolean =>
    (since === undefined || span.startUnixMs >= since.unixMs) &&
    (service === undefined || span.serviceName === service);
  try {
    for await (const line of linesOf(source, watch)) {
      if (line.trim() === '') continue;
      const spans = spansOfLine(line);
      if (spans !== undefined) onSpans(wantedOf(spans, filter).filter(isWanted), source);
      else if (!isDamaged) {
        isDamaged = true;
        request.output.say(`${label}: a line is no {"resourceSpans":[…]} in JSON; skipped, as all like it`);
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      throw new SourceError('UNREADABLE', `${label} cannot be read: ${error.message}`, error);
    }
    throw error;
  }
}

/** Asks a Jaeger again and again: what it has got since the last time. One that does not answer is told once, and asked on. */
export async function watchJaeger(source: TraceSource, watch: Watch): Promise<void> {
  const { request, filter, fields, signal, onSpans, onReady } = watch;
  const { say } = request.output;
  const { since, service: serviceName = request.config.serviceName } = request.options;
  const recent = createRecentSpans();
  const startedUnixMs = Date.now();
  let isFirst = true;
  let isAway = false;
  let longUnixMs = 0;
  onReady();
  while (!signal.aborted) {
    const nowUnixMs = Date.now();
    const isLong = nowUnixMs - longUnixMs >= LONG_POLL_MS;
    const lookedBackTo = nowUnixMs - (isLong ? LONG_LOOK_BACK_MS : LOOK_BACK_MS);
    const sinceUnixMs =
      since === undefined ? lookedBackTo : isFirst ? since.unixMs : Math.max(lookedBackTo, since.unixMs);
    try {
      const found: Span[] = [];
      const onPart = (error: SourceError): void => say(error.message);
      const search = { sinceUnixMs, serviceName, filter, fields, onNote: say };
      for await (const spans of whatThereIs(source, search, onPart)) {
        found.push(...spans.filter((span) => recent.isNew(span)));
        if (signal.aborted) return;
      }
      if (isAway) say(`${source.label} answers again`);
      // What had ended before is no news.
      const isNews = ({ startUnixMs, durationMs }: Span): boolean =>
        !isFirst || since !== undefined || startUnixMs + durationMs >= startedUnixMs;
      onSpans(
        found.filter(isNews).sort((a, b) => a.startUnixMs - b.startUnixMs),
        source,
      );
      isAway = false;
      isFirst = false;
      if (isLong) longUnixMs = nowUnixMs;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (!isAway) say(`${error.message}; asking on`);
      isAway = true;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
}
