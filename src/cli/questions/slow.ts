import { REPORTED_ATTRIBUTES } from '../../traces/reported-attributes.js';
import { createSlowSpans, type SlowSpan } from '../../traces/slow-spans.js';
import { createTraceFacts } from '../../traces/trace-facts.js';
import { type OpenSource, openSources } from '../open-sources.js';
import { jsonArray } from '../output/json.js';
import { printable } from '../output/printable.js';
import { exitCodeOf, formatOf, type Request } from '../request.js';
import { readSources, type SourcesRead } from '../sources.js';
import { spansInWords, wantedSpans } from '../wanted-spans.js';
import { type SlowRow, slowToJson } from './slow-row.js';

const DEFAULT_LIMIT = 20;

async function tableOf(rows: readonly SlowRow[], { config, options, output }: Request): Promise<string> {
  const { renderTable } = await import('../output/table.js');
  const { slowColumns } = await import('./slow-columns.js');
  const isTerminal = output.terminalColumns !== undefined;
  return renderTable({
    columns: slowColumns({
      rows,
      hasSteps: options.span !== undefined,
      isTerminal,
      showsLinks: isTerminal && config.linksKnown,
    }),
    rows,
    maxWidth: output.terminalColumns,
    color: isTerminal && config.colorAllowed,
  });
}

function summaryOf(
  matchedCount: number,
  shownCount: number,
  { options }: Request,
  read: SourcesRead,
): string {
  const { one, many } = spansInWords(options);
  const spans = matchedCount === 1 ? `1 slow ${one}` : `${matchedCount} slow ${many}`;
  const slowest = shownCount === 1 ? 'the slowest' : `the ${shownCount} slowest`;
  const shown = shownCount === matchedCount ? 'all shown' : `${slowest} shown`;
  return `${spans} matched, ${shown}; from ${read.answered.join(' and ')}`;
}

/** Whether the answer has what only other spans of a trace say: of a step its event, of an event the round's statistics. */
function wantsFacts({ options }: Request): boolean {
  return options.span !== undefined || formatOf(options) === 'csv';
}

/** Asks for the traces of some spans, to say of each what the span does not. */
async function withFacts(
  spans: readonly SlowSpan[],
  request: Request,
  sources: readonly OpenSource[],
): Promise<{ rows: readonly SlowRow[]; failedCount: number }> {
  const facts = createTraceFacts();
  let failedCount = 0;
  if (spans.length > 0 && wantsFacts(request)) {
    const traceIds = [...new Set(spans.map(({ traceId }) => traceId))];
    const read = await readSources({
      request: { ...request, output: { ...request.output, say: () => {} } },
      sources,
      search: { filter: { spans: 'all' }, fields: REPORTED_ATTRIBUTES, traceIds },
      onSpans: (found) => found.forEach(facts.add),
    });
    failedCount = read.failedCount;
  }
  return { rows: spans.map((span) => ({ span, facts: facts.of(span.traceId) })), failedCount };
}

async function print(rows: readonly SlowRow[], summary: string, request: Request): Promise<void> {
  const { output, options } = request;
  const format = formatOf(options);
  if (format === 'json') output.print(jsonArray(rows.map(slowToJson)));
  else if (format === 'csv') {
    const [{ slowToCsv }, { printCsv }] = await Promise.all([
      import('./slow-csv.js'),
      import('../output/csv.js'),
    ]);
    printCsv(output, slowToCsv(rows));
  } else if (rows.length > 0) output.print(`${await tableOf(rows, request)}\n${printable(summary)}\n`);
}

async function answerFrom(request: Request, sources: readonly OpenSource[]): Promise<number> {
  const { limit = DEFAULT_LIMIT } = request.options;
  const wanted = { ...wantedSpans(request.options), slow: true };
  const slowSpans = createSlowSpans(limit);
  const read = await readSources({
    request,
    sources,
    search: { filter: wanted, fields: REPORTED_ATTRIBUTES },
    onSpans: (spans, source) => {
      for (const span of spans) slowSpans.add(span, source.traceUrl);
    },
  });
  const { matchedCount, slowest } = slowSpans.result();
  const { rows, failedCount } = await withFacts(slowest, request, sources);
  const isPartial = failedCount > read.failedCount;
  if (isPartial)
    request.output.say('the traces of these spans could not all be read again; what they say is left out');
  await print(rows, summaryOf(matchedCount, rows.length, request, read), request);
  if (matchedCount === 0 && read.answered.length > 0) {
    const { sayNothingFound } = await import('../nothing-found.js');
    await sayNothingFound({ request, sources, wanted, read });
  }
  return exitCodeOf({ failedCount: Math.max(failedCount, read.failedCount), found: matchedCount > 0 });
}

/** `grants-otel slow`: slow spans, slowest first. */
export async function answerSlow(request: Request): Promise<number> {
  const sources = await openSources(request);
  if (!wantsFacts(request)) return answerFrom(request, sources);
  const { keepReadOnce } = await import('../spooled-input.js');
  const kept = await keepReadOnce(sources);
  try {
    return await answerFrom(request, kept.sources);
  } finally {
    kept.remove();
  }
}
