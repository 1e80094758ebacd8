import { createRecentSpans } from '../../traces/recent-spans.js';
import { numberOf, REPORTED_ATTRIBUTES, textOf } from '../../traces/reported-attributes.js';
import { causeSharePercent, toSlowSpan } from '../../traces/slow-spans.js';
import type { Span } from '../../traces/span.js';
import { SourceError, type TraceSource } from '../../traces/trace-source.js';
import { openSources } from '../open-sources.js';
import { printable } from '../output/printable.js';
import { EXIT_CODES, type Format, formatOf, type Output, type Request } from '../request.js';
import { filtersInWords, spansInWords, wantedSpans } from '../wanted-spans.js';
import { watchFile, watchJaeger } from '../watching.js';
import { type SlowRow, slowToJson } from './slow-row.js';

function logfmt(value: string | number): string {
  const text = printable(String(value));
  return /^[^\s"=\\]+$/.test(text) ? text : JSON.stringify(text);
}

/** One line, its time and name first, then `key=value`. */
function toLine({ span }: SlowRow): string {
  const { attributes } = span;
  const share = causeSharePercent(span);
  const pairs: [string, string | number | undefined][] = [
    ['ms', span.durationMs.toFixed(1)],
    ['threshold', numberOf(attributes, 'slowThresholdMs')],
    ...['chainId', 'roundId', 'applicationId'].map((id): [string, string | undefined] => [
      id,
      textOf(attributes, id),
    ]),
    ['cause', textOf(attributes, 'slowCause')],
    ['share', share === undefined ? undefined : `${share.toFixed(0)}%`],
    ['block', textOf(attributes, 'blockNumber')],
    ['tx', textOf(attributes, 'transactionHash')],
    ['error', span.failed ? (textOf(attributes, 'error.type') ?? 'true') : undefined],
    ['trace', span.traceUrl ?? span.traceId],
  ];
  const known = pairs.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${logfmt(value)}`]));
  return `${[new Date(span.startUnixMs).toISOString(), logfmt(span.name), ...known].join(' ')}\n`;
}

async function writerOf(format: Format, output: Output): Promise<(row: SlowRow) => void> {
  const { print } = output;
  if (format === 'json') return (row) => print(`${printable(JSON.stringify(slowToJson(row)))}\n`);
  if (format === 'table') return (row) => print(toLine(row));
  const [{ slowToCsv }, { printCsv }] = await Promise.all([
    import('./slow-csv.js'),
    import('../output/csv.js'),
  ]);
  printCsv(output, slowToCsv([]));
  return (row) => printCsv(output, slowToCsv([row], { header: false }));
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function sayWhatIsWatched(sources: readonly { source: TraceSource }[], { options, output }: Request): void {
  const filters = filtersInWords(options);
  const what = `slow ${spansInWords(options).many}${filters === '' ? '' : ` of ${filters}`}`;
  const where = sources.map(({ source }) => source.label).join(' and ');
  output.say(`watching ${where} for ${what}; interrupt (Ctrl-C) to end`);
}

/** `grants-otel watch`: slow spans as they come, until interrupted or until there were as many as asked for. */
export async function answerWatch(request: Request): Promise<number> {
  const { options, output } = request;
  const ending = new AbortController();
  const signal = AbortSignal.any([output.interrupted(), ending.signal]);
  const write = await writerOf(formatOf(options), output);
  const sources = await openSources(request);
  const seen = createRecentSpans();
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  const onSpans = (spans: readonly Span[], source: TraceSource): void => {
    for (const span of spans) {
      if (left <= 0 || signal.aborted || !seen.isNew(span)) continue;
      write({ span: toSlowSpan(span, source.traceUrl(span.traceId, span.spanId)), facts: {} });
      if (--left <= 0) ending.abort();
    }
  };
  let waitedFor = sources.length;
  const onReady = (): void => {
    if (--waitedFor === 0) sayWhatIsWatched(sources, request);
  };
  let failedCount = 0;
  const filter = { ...wantedSpans(options), slow: true };
  const watch = { request, filter, fields: REPORTED_ATTRIBUTES, signal, onSpans, onReady };
  const watching = sources.map(async ({ source }) => {
    try {
      await (source.kind === 'jaeger' ? watchJaeger(source, watch) : watchFile(source, watch));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failedCount++;
      output.say(error.message);
    }
  });
  await Promise.race([Promise.all(watching), whenAborted(signal)]);
  return signal.aborted || failedCount === 0 ? EXIT_CODES.found : EXIT_CODES.sourceFailed;
}
