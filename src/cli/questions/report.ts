import type { Span } from '../../traces/span.js';
import { type OpenSource, openSources } from '../open-sources.js';
import { printable } from '../output/printable.js';
import { COLLECTED_FIELDS, type CollectedEvents, createEventCollector } from '../report/collect-events.js';
import { countText } from '../report/figures.js';
import { makeReport } from '../report/make-report.js';
import { renderPage } from '../report/page.js';
import { readPageAssets } from '../report/page-assets.js';
import { checkPagePath, checkReplaced, isSameFile, PageError, writePage } from '../report/write-page.js';
import { EXIT_CODES, exitCodeOf, type Request } from '../request.js';
import { readSources } from '../sources.js';
import { isStandardInput, keepReadOnce } from '../spooled-input.js';
import { packageVersion } from '../version.js';
import { filtersInWords, wantedSpans } from '../wanted-spans.js';

const DEFAULT_LIMIT = 20;
const STANDARD_OUTPUT = '-';

/** A request whose lines are also kept, for the page; each is said once, though sources are read twice. */
function keepLines(request: Request): { request: Request; lines: readonly string[] } {
  const lines: string[] = [];
  const say = (line: string): void => {
    if (lines.includes(line)) return;
    lines.push(line);
    request.output.say(line);
  };
  return { request: { ...request, output: { ...request.output, say } }, lines };
}

/** All spans of the slowest events' traces, by trace id. */
async function readTraces({ slowest }: CollectedEvents, request: Request, sources: readonly OpenSource[]) {
  const traces = new Map<string, Span[]>(slowest.map(({ traceId }) => [traceId, []]));
  const { failedCount } = await readSources({
    request,
    sources,
    search: { filter: { spans: 'all' }, fields: 'all', traceIds: [...traces.keys()] },
    onSpans: (spans) => {
      for (const span of spans) traces.get(span.traceId)?.push(span);
    },
  });
  return { traces, failedCount };
}

async function deliver(out: string, page: string, { slowest, points }: CollectedEvents, { output }: Request) {
  if (out === STANDARD_OUTPUT) {
    output.print(page);
    return;
  }
  await writePage(out, page);
  const events = `${countText(points.count)} event${points.count === 1 ? '' : 's'}`;
  const size = `${countText(Math.ceil(Buffer.byteLength(page) / 1000))} kB`;
  output.print(`${printable(out)}: ${events}, the slowest ${slowest.length} with their traces, ${size}\n`);
}

async function answerFrom(asked: Request, sources: readonly OpenSource[], out: string): Promise<number> {
  const { request, lines } = keepLines(asked);
  const { options } = request;
  const wanted = wantedSpans(options);
  const collector = createEventCollector({ wanted, limit: options.limit ?? DEFAULT_LIMIT });
  const attributes = [wanted.attributes, wanted.event?.attributes].flatMap((some) => Object.keys(some ?? {}));
  const read = await readSources({
    request,
    sources,
    search: { filter: wanted, fields: [...new Set([...COLLECTED_FIELDS, ...attributes])] },
    onSpans: (spans, source) => {
      for (const span of spans) collector.add(span, source.traceUrl);
    },
  });
  const events = collector.result();
  if (events.points.count === 0) {
    if (read.answered.length > 0) {
      const { sayNothingFound } = await import('../nothing-found.js');
      await sayNothingFound({ request, sources, wanted, read });
    }
    return exitCodeOf({ failedCount: read.failedCount, found: false });
  }
  const { traces, failedCount } = await readTraces(events, request, sources);
  const origin = {
    madeAtUnixMs: Date.now(),
    version: packageVersion(),
    sources: read.answered,
    filters: filtersInWords(options),
    notes: lines,
  };
  const page = renderPage(makeReport({ events, traces, origin }), await readPageAssets());
  await deliver(out, page, events, request);
  return exitCodeOf({ failedCount: read.failedCount + failedCount, found: true });
}

/** The number of the standard input among open files. */
const INPUT = 0;

/** Whether the page would take the place of a file that is read for it, or that an indexer writes. */
async function wouldReplaceTraces(out: string, sources: readonly OpenSource[], { config }: Request) {
  if (out === STANDARD_OUTPUT) return false;
  const read = sources.flatMap((open) => {
    if (open.source.kind !== 'file') return [];
    return isStandardInput(open) ? INPUT : open.source.label;
  });
  for (const file of [...read, config.traceFile ?? []].flat()) if (await isSameFile(out, file)) return true;
  return false;
}

/** `grants-otel report`: one page with all there is to say of events. */
export async function answerReport(request: Request): Promise<number> {
  const { out } = request.options;
  if (out === undefined) {
    request.output.say('report needs --out <file>: where to write the page, or - for the standard output');
    return EXIT_CODES.wrongUsage;
  }
  try {
    if (out !== STANDARD_OUTPUT) await checkPagePath(out);
    const sources = await openSources(request);
    if (await wouldReplaceTraces(out, sources, request)) {
      request.output.say(`--out ${out} is a file of traces; name another file for the page`);
      return EXIT_CODES.wrongUsage;
    }
    if (out !== STANDARD_OUTPUT) await checkReplaced(out);
    const kept = await keepReadOnce(sources);
    try {
      return await answerFrom(request, kept.sources, out);
    } finally {
      kept.remove();
    }
  } catch (error) {
    if (!(error instanceof PageError)) throw error;
    request.output.say(error.message);
    return EXIT_CODES.failed;
  }
}
