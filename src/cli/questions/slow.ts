import { causeSharePercent, createSlowEvents, type SlowEvent } from '../../traces/slow-events.js';
import { VARIABLES } from '../../tracing/variables.js';
import { jsonArray } from '../output/json.js';
import { EXIT_CODES, type Request } from '../request.js';
import { readSources, type SourcesRead } from '../sources.js';

const DEFAULT_LIMIT = 20;

function isoOf({ startUnixMs }: SlowEvent): string {
  return new Date(startUnixMs).toISOString();
}

/** One element of `--json`; the names are a promise, durations are ms. */
function toJson(event: SlowEvent): Record<string, string | number | null> {
  const share = causeSharePercent(event);
  return {
    when: isoOf(event),
    event: event.name,
    chainId: event.chainId ?? null,
    roundId: event.roundId ?? null,
    applicationId: event.applicationId ?? null,
    durationMs: event.durationMs,
    thresholdMs: event.thresholdMs ?? null,
    cause: event.cause ?? null,
    causeMs: event.causeMs ?? null,
    causeSharePercent: share === undefined ? null : Math.round(share * 10) / 10,
    traceId: event.traceId,
    traceUrl: event.traceUrl ?? null,
  };
}

async function tableOf(events: readonly SlowEvent[], { config, output }: Request): Promise<string> {
  const { renderTable } = await import('../output/table.js');
  const { slowColumns } = await import('./slow-columns.js');
  const isTerminal = output.terminalColumns !== undefined;
  return renderTable({
    columns: slowColumns({ isTerminal, showsLinks: isTerminal && config.linksKnown, events }),
    rows: events,
    maxWidth: output.terminalColumns,
    color: isTerminal && config.colorAllowed,
  });
}

function wanted({ options }: Request): string {
  const { chain, round, application } = options;
  const filters = [
    chain === undefined ? [] : `chain ${chain}`,
    round === undefined ? [] : `round ${round}`,
    application === undefined ? [] : `application ${application}`,
  ].flat();
  return filters.length === 0 ? 'slow events' : `slow events of ${filters.join(', ')}`;
}

function sayNothingFound(request: Request, { answered, askedJaeger }: SourcesRead): void {
  const { chain, round, application, since } = request.options;
  const hints = [
    since !== undefined || askedJaeger ? ['a longer --since'] : [],
    chain !== undefined || round !== undefined || application !== undefined ? ['fewer filters'] : [],
    askedJaeger ? ['another --service'] : [],
    [`a lower ${VARIABLES.slowEventThresholdMs.name} in the indexer`],
  ].flat();
  request.output.say(`no ${wanted(request)} found in ${answered.join(' and ')}; try ${hints.join(', or ')}`);
}

function summaryOf(matchedCount: number, shownCount: number, { answered }: SourcesRead): string {
  const events = matchedCount === 1 ? '1 slow event' : `${matchedCount} slow events`;
  const slowest = shownCount === 1 ? 'the slowest' : `the ${shownCount} slowest`;
  const shown = shownCount === matchedCount ? 'all shown' : `${slowest} shown`;
  return `${events} matched, ${shown}; from ${answered.join(' and ')}`;
}

/** `grants-otel slow`: slow event spans, slowest first. */
export async function answerSlow(request: Request): Promise<number> {
  const { options, output } = request;
  const { chain: chainId, round: roundId, application: applicationId, limit = DEFAULT_LIMIT } = options;
  const slowEvents = createSlowEvents({ filter: { chainId, roundId, applicationId }, limit });
  const read = await readSources({
    request,
    search: { filter: { spans: 'events', slow: true }, fields: 'all' },
    onSpans: (spans, source) => {
      for (const span of spans) slowEvents.add(span, source.traceUrl(span.traceId));
    },
  });
  const { matchedCount, slowest } = slowEvents.result();
  if (options.json) output.print(jsonArray(slowest.map(toJson)));
  else if (matchedCount > 0) {
    const { printable } = await import('../output/printable.js');
    output.print(
      `${await tableOf(slowest, request)}\n${printable(summaryOf(matchedCount, slowest.length, read))}\n`,
    );
  }
  if (matchedCount === 0 && read.answered.length > 0) sayNothingFound(request, read);
  if (read.failedCount > 0) return EXIT_CODES.sourceFailed;
  return matchedCount > 0 ? EXIT_CODES.found : EXIT_CODES.nothingFound;
}
