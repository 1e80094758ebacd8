import { SKETCH_ERROR } from '../../traces/durations.js';
import type { SpanFilter } from '../../traces/span-filter.js';
import {
  createSummary,
  KEYS_BESIDE_ATTRIBUTES,
  type SummaryRow,
  summaryFields,
} from '../../traces/summary.js';
import { ATTRIBUTES } from '../../tracing/attributes.js';
import { closestTo } from '../../tracing/closest.js';
import { openSources } from '../open-sources.js';
import { printCsv } from '../output/csv.js';
import { jsonArray } from '../output/json.js';
import { printable } from '../output/printable.js';
import { exitCodeOf, formatOf, type Request } from '../request.js';
import { readSources, type SourcesRead } from '../sources.js';
import { spansInWords, wantedSpans } from '../wanted-spans.js';
import { summaryColumns, summaryToCsv, summaryToJson } from './summary-formats.js';

/** The ids that are on every span of a trace. */
const TRACE_IDS = ['chainId', 'roundId', 'applicationId'];

/**
 * What to ask the sources for. The weight of a step stands on the event span of its trace, so that is read as well, and what is wanted is
 * picked out here.
 */
function readFilter(wanted: SpanFilter): SpanFilter {
  if (wanted.spans === 'events') return wanted;
  const ids = Object.entries(wanted.attributes ?? {}).filter(([key]) => TRACE_IDS.includes(key));
  return {
    spans: 'all',
    ...(ids.length === 0 ? {} : { attributes: Object.fromEntries(ids) }),
    ...(wanted.event === undefined ? {} : { event: wanted.event }),
  };
}

/** What a reader has to know of the figures. */
function remarks(rows: readonly SummaryRow[]): string[] {
  return [
    rows.some(({ durations }) => durations.isWeighted)
      ? [
          '~ estimated: of fast traces only a share was kept (GRANTS_OTEL_KEEP_RATIO), each counts for those that were not',
        ]
      : [],
    rows.some(({ durations }) => !durations.isExact)
      ? [`~ percentiles of more than 1,000,000 spans are within ${SKETCH_ERROR * 100} % of the true ones`]
      : [],
  ].flat();
}

function footer(
  rows: readonly SummaryRow[],
  shownCount: number,
  request: Request,
  read: SourcesRead,
): string {
  const readCount = rows.reduce((sum, { durations }) => sum + durations.addedCount, 0);
  const { one, many } = spansInWords(request.options);
  const counted = `${readCount} ${readCount === 1 ? one : many} in ${rows.length} row${rows.length === 1 ? '' : 's'}`;
  const shown = shownCount === rows.length ? '' : `, the first ${shownCount} shown`;
  return [`${counted}${shown}; times in ms; from ${read.answered.join(' and ')}`, ...remarks(rows)].join(
    '\n',
  );
}

/** Says which of the keys that were asked for no span has: one that is mistyped, as a rule. */
function sayMissingKeys(rows: readonly SummaryRow[], { options: { by = [] }, output }: Request): void {
  for (const [at, key] of by.entries()) {
    if (rows.some(({ values }) => values[at] !== undefined)) continue;
    const meant = closestTo(key, [...Object.keys(ATTRIBUTES), ...KEYS_BESIDE_ATTRIBUTES]);
    const hint = meant === undefined || meant === key ? '' : `; did you mean ${meant}?`;
    output.say(`none of the spans has ${printable(key)}, which --by asks for${hint}`);
  }
}

async function tableOf(rows: readonly SummaryRow[], keys: readonly string[], { config, output }: Request) {
  const { renderTable } = await import('../output/table.js');
  const isTerminal = output.terminalColumns !== undefined;
  return renderTable({
    columns: summaryColumns(keys),
    rows,
    maxWidth: output.terminalColumns,
    color: isTerminal && config.colorAllowed,
  });
}

/** `grants-otel summary`: how long spans took, in groups. */
export async function answerSummary(request: Request): Promise<number> {
  const { options, output } = request;
  const keys = options.by ?? (options.span === undefined ? ['event', 'chainId'] : ['name', 'chainId']);
  const wanted = wantedSpans(options);
  // What has to hold for the event of a step was seen to by the source.
  const { event, ...own } = wanted;
  const summary = createSummary({ keys, wanted: wanted.spans === 'events' ? wanted : own });
  const sources = await openSources(request);
  const attributes = [wanted.attributes, event?.attributes].flatMap((some) => Object.keys(some ?? {}));
  const read = await readSources({
    request,
    sources,
    search: { filter: readFilter(wanted), fields: [...new Set([...summaryFields(keys), ...attributes])] },
    onSpans: (spans) => {
      for (const span of spans) summary.add(span);
    },
  });
  const rows = summary.result();
  const shown = rows.slice(0, options.limit);
  const format = formatOf(options);
  if (format === 'json') output.print(jsonArray(shown.map((row) => summaryToJson(row, keys))));
  else if (format === 'csv') printCsv(output, summaryToCsv(shown, keys));
  else if (rows.length > 0) {
    const below = footer(rows, shown.length, request, read).split('\n').map(printable).join('\n');
    output.print(`${await tableOf(shown, keys, request)}\n${below}\n`);
  }
  if (rows.length > 0) sayMissingKeys(rows, request);
  else if (read.answered.length > 0) {
    const { sayNothingFound } = await import('../nothing-found.js');
    await sayNothingFound({ request, sources, wanted, read });
  }
  return exitCodeOf({ failedCount: read.failedCount, found: rows.length > 0 });
}
