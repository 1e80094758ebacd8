import { CAUSE_FIELDS, type Causes, createCauses } from '../../traces/causes.js';
import { openSources } from '../open-sources.js';
import { printCsv } from '../output/csv.js';
import { jsonArray } from '../output/json.js';
import { printable } from '../output/printable.js';
import { exitCodeOf, formatOf, type Request } from '../request.js';
import { readSources, type SourcesRead } from '../sources.js';
import { spansInWords, wantedSpans } from '../wanted-spans.js';
import { causeRows, causesColumns, causesToCsv, causesToJson } from './causes-formats.js';

function sideInWords({ eventCount, totalMs }: Causes['sides'][number], { options }: Request): string {
  const { one, many } = spansInWords(options);
  return `${eventCount} slow ${eventCount === 1 ? one : many}, ${totalMs.toFixed(1)} ms in all`;
}

function footer({ sides }: Causes, request: Request, read: SourcesRead): string {
  const { split } = request.options;
  const [before, after] = sides.map((side) => sideInWords(side, request));
  const counted = after === undefined ? before : `before ${split?.text}: ${before}; from then on: ${after}`;
  return `${counted}; share: self time of the span that is the cause, of all that time; from ${read.answered.join(' and ')}`;
}

async function tableOf(causes: Causes, { config, output, options }: Request): Promise<string> {
  const { renderTable } = await import('../output/table.js');
  const isTerminal = output.terminalColumns !== undefined;
  return renderTable({
    columns: causesColumns(causes),
    rows: causeRows(causes, options.limit),
    maxWidth: output.terminalColumns,
    color: isTerminal && config.colorAllowed,
  });
}

/** Says so where none of the spans that --span asked for tells a cause, as only events do. */
function sayNoneTold({ rows }: Causes, { options, output }: Request): void {
  if (options.span === undefined || rows.length === 0 || rows.some(({ cause }) => cause !== undefined))
    return;
  const { many } = spansInWords(options);
  output.say(
    `none of these ${printable(many)} tells a cause, which only slow events do: ask without --span for the causes of events, or grants-otel summary --span '*' --by name for the time of each kind of span`,
  );
}

/** `grants-otel causes`: where the time of slow events went. */
export async function answerCauses(request: Request): Promise<number> {
  const { options, output } = request;
  const wanted = { ...wantedSpans(options), slow: true };
  const sums = createCauses(options.split?.unixMs);
  const sources = await openSources(request);
  const read = await readSources({
    request,
    sources,
    search: { filter: wanted, fields: [...CAUSE_FIELDS, ...Object.keys(wanted.attributes ?? {})] },
    onSpans: (spans) => {
      for (const span of spans) sums.add(span);
    },
  });
  const causes = sums.result();
  const found = causes.rows.length > 0;
  const format = formatOf(options);
  if (format === 'json') output.print(jsonArray(found ? causesToJson(causes, options.limit) : []));
  else if (format === 'csv') printCsv(output, causesToCsv(causes, options.limit));
  else if (found) {
    output.print(`${await tableOf(causes, request)}\n${printable(footer(causes, request, read))}\n`);
  }
  if (!found && read.answered.length > 0) {
    const { sayNothingFound } = await import('../nothing-found.js');
    await sayNothingFound({ request, sources, wanted, read });
  }
  sayNoneTold(causes, request);
  const emptySide = causes.sides.findIndex(({ eventCount }) => eventCount === 0);
  if (found && options.split !== undefined && emptySide !== -1) {
    output.say(
      `nothing slow ${emptySide === 0 ? 'before' : 'after'} --split ${options.split.text}: there is nothing to compare`,
    );
  }
  return exitCodeOf({ failedCount: read.failedCount, found });
}
