import { eventOfOthers, type SpanFilter } from '../traces/span-filter.js';
import { SourceError } from '../traces/trace-source.js';
import { whatThereIs } from '../traces/what-there-is.js';
import { closestTo } from '../tracing/closest.js';
import { VARIABLES } from '../tracing/variables.js';
import { type Census, MOST_NAMES, takeCensus } from './census.js';
import type { OpenSource } from './open-sources.js';
import type { Request } from './request.js';
import { type SourcesRead, searchOf } from './sources.js';
import { isRereadable } from './spooled-input.js';
import { filtersInWords, spansInWords } from './wanted-spans.js';

const number = new Intl.NumberFormat('en-US');

/** By so many spans of a file it is known what they are called. */
const MOST_LOOKED_AT = 10_000;

function iso(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 19)}Z`;
}

function list(values: Iterable<string>): string {
  const all = [...values].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return all.length > 12 ? `${all.slice(0, 12).join(', ')} and more` : all.join(', ');
}

interface Look {
  readonly request: Request;
  readonly open: OpenSource;
  readonly wanted: SpanFilter;
}

/** What a source has; `isWhole` unless there is more. */
type Counted = Census & { readonly isWhole: boolean };

/** Looks at what a source has of the kind of spans wanted: all of a file, of a Jaeger those that it gives at once. */
async function censusOf(
  { request, open: { source }, wanted }: Look,
  time: 'asked' | 'any',
): Promise<Counted> {
  const { search } = searchOf(source, request);
  const isJaeger = source.kind === 'jaeger';
  const attributes = Object.keys(wanted.attributes ?? {});
  const ofEvent = Object.keys(wanted.event?.attributes ?? {});
  const { census, add } = takeCensus(wanted, search);
  const found = whatThereIs(source, {
    ...(time === 'asked' ? search : {}),
    ...(isJaeger ? { serviceName: search.serviceName } : {}),
    filter: { spans: wanted.spans },
    fields: ['slow', 'eventName', ...attributes, ...ofEvent],
    onNote: () => {},
  });
  for await (const spans of found) {
    if (isJaeger && census.count > 0) return { ...census, isWhole: false };
    for (const span of spans) add(span);
    if (isJaeger && time === 'any' && census.count > 0) break;
  }
  return { ...census, isWhole: true };
}

function countInWords(count: number, options: Request['options']): string {
  const { one, many } = spansInWords(options);
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** An attribute of which there are values, but not the one that was wanted. */
function missingOf({ values }: Census, wanted: SpanFilter): [string, Set<string>] | undefined {
  return [...values].find(([key, known]) => known.size > 0 && !known.has(String(wanted.attributes?.[key])));
}

/** Names among which none is the one that was wanted: those that may have been meant, or else some of them. */
function namesInstead(wanted: string, names: ReadonlySet<string>): string {
  const all = [...names];
  const longer = all.filter((name) => name.startsWith(`${wanted} `));
  const meant = longer.length > 0 ? longer : [closestTo(wanted, all) ?? []].flat();
  return meant.length > 0 ? `did you mean ${list(meant)}?` : `there are ${list(names)}`;
}

/** That there are events, but none of the name that was wanted. */
function misnamedEvent({ names }: Census, { spans, event }: SpanFilter): string | undefined {
  const wanted = event?.name;
  // Among more names it may be all the same.
  if (wanted === undefined || spans !== 'events' || names.size >= MOST_NAMES) return undefined;
  const isThere = [...names].some((name) => name === wanted || name.endsWith(`.${wanted}`));
  if (isThere) return undefined;
  const shown = wanted.includes('.')
    ? names
    : new Set([...names].map((name) => name.split('.').at(-1) ?? name));
  return `none of them of event ${wanted}; ${namesInstead(wanted, shown)}`;
}

/** What is there although nothing of it was found. */
function inWords(census: Counted, { request, wanted }: Look): string {
  const { since, until, service } = request.options;
  const counted = (count: number): string => countInWords(count, request.options);
  const between = `began between ${iso(census.firstUnixMs)} and ${iso(census.lastUnixMs)}`;
  const all = counted(census.count);
  const matching = `${counted(census.matchingCount)} ${census.matchingCount === 1 ? 'matches' : 'match'}`;
  if (!census.isWhole) return someInWords(census, { request, wanted, all, matching });
  if (service !== undefined && !census.services.has(service)) {
    return `it has ${all}, of service ${list(census.services)} (--service)`;
  }
  const isOutside =
    (since !== undefined && census.lastUnixMs < since.unixMs) ||
    (until !== undefined && census.firstUnixMs >= until.unixMs);
  if (isOutside) return `it has ${all}, which ${between} (--since, --until)`;
  if (wanted.slow && census.matchingCount > 0) {
    return (
      `${matching}, but none is flagged as slow (the longest took ${census.longestMs.toFixed(0)} ms); ` +
      `${VARIABLES.slowEventThresholdMs.name} of the indexer says what is slow, grants-otel summary shows all`
    );
  }
  const missing = missingOf(census, wanted);
  if (missing) return `it has ${all}; ${missing[0]} there: ${list(missing[1])}`;
  const misnamed = misnamedEvent(census, wanted);
  if (misnamed) return `it has ${all}, ${misnamed}`;
  const slow = wanted.slow ? `, ${number.format(census.slowCount)} flagged as slow` : '';
  const filters = filtersInWords(request.options);
  // Whether a step is of the event that was asked for is not told by itself.
  const canTell = eventOfOthers(wanted) === undefined;
  const isOneFilter =
    canTell && filters !== '' && !filters.includes(', ') && since === undefined && until === undefined;
  const advice = isOneFilter ? `none of ${filters}` : 'try fewer filters';
  return `it has ${all}${slow}, which ${between}; ${advice}`;
}

/** The same of some, where there are more: what these have not, the others may have. */
function someInWords(
  census: Census,
  { request: { options }, wanted, all, matching }: Omit<Look, 'open'> & { all: string; matching: string },
): string {
  const some = `of ${all} that were looked at`;
  if (wanted.slow && census.matchingCount > 0) {
    return `${some}, ${matching}, but none is flagged as slow; grants-otel summary shows all`;
  }
  const missing = missingOf(census, wanted);
  if (missing) return `${some}, none has this ${missing[0]}; some have ${list(missing[1])}`;
  const misnamed = misnamedEvent(census, wanted);
  if (misnamed) return `${some}, ${misnamed}`;
  const { many } = spansInWords(options);
  return `it has ${many} of that time, but no${wanted.slow ? ' slow one' : 'ne'} of ${filtersInWords(options)}`;
}

/** Names of spans that there are besides those that were asked for; none where all were asked for, or there are none. */
async function namesOfOthers({ request, open: { source }, wanted }: Look): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  if (wanted.spans === 'all') return names;
  const { search } = searchOf(source, request);
  const found = whatThereIs(source, {
    serviceName: search.serviceName,
    filter: { spans: 'all' },
    fields: [],
    onNote: () => {},
  });
  let count = 0;
  for await (const spans of found) {
    for (const { name } of spans) if (names.size < MOST_NAMES) names.add(name);
    count += spans.length;
    if (count > (source.kind === 'jaeger' ? 0 : MOST_LOOKED_AT)) break;
  }
  return names;
}

async function hintFor(look: Look): Promise<string | undefined> {
  const {
    request,
    open: { source, services: listServices },
  } = look;
  const { many } = spansInWords(request.options);
  if (source.kind === 'jaeger') {
    const asked = await censusOf(look, 'asked');
    if (asked.count > 0) return inWords(asked, look);
    const any = await censusOf(look, 'any');
    const { serviceName } = searchOf(source, request).search;
    const { until } = request.options;
    const option = until !== undefined && any.lastUnixMs >= until.unixMs ? '--since, --until' : '--since';
    if (any.count > 0) return `its newest ${many} of ${serviceName} began ${iso(any.lastUnixMs)} (${option})`;
    const services = (await listServices?.()) ?? [];
    if (services.length > 0 && !services.includes(serviceName ?? '')) {
      return `it knows no service ${serviceName}, but ${list(services)} (--service)`;
    }
  } else {
    const any = await censusOf(look, 'any');
    if (any.count > 0) return inWords(any, look);
  }
  const others = await namesOfOthers(look);
  if (others.size === 0) return undefined;
  const { span } = request.options;
  const instead = span === undefined ? '' : `; ${namesInstead(span, others)}`;
  return `it has spans, but no ${many} among them${instead} (--span '*' takes all)`;
}

/** Spans besides those of events that are slow, or failed, as was asked for: those of a batch stand in a trace of its own. */
async function besidesEvents({ request, open: { source }, wanted }: Look): Promise<string | undefined> {
  const { spans, slow, errors, event } = wanted;
  if (spans !== 'events' || event !== undefined || !(slow || errors)) return undefined;
  const { search } = searchOf(source, request);
  const found = whatThereIs(source, {
    ...search,
    filter: { ...wanted, spans: 'all' },
    fields: [],
    onNote: () => {},
  });
  const names = new Set<string>();
  let count = 0;
  let isWhole = true;
  for await (const page of found) {
    for (const { name } of page) if (names.size < MOST_NAMES) names.add(name);
    count += page.length;
    isWhole = source.kind !== 'jaeger' || count === 0;
    if (!isWhole) break;
  }
  if (count === 0) return undefined;
  const isOne = count === 1 && isWhole;
  const all = `${number.format(count)}${isWhole ? '' : ' or more'} ${isOne ? 'span' : 'spans'} of other kinds`;
  return `${all} ${errors ? 'failed' : isOne ? 'is slow' : 'are slow'}: ${list(names)} (--span '*' takes all)`;
}

/**
 * Says that nothing was found, and of each source what it has instead, as far as it takes no long search. The standard input, and a
 * pipe, which cannot be read again, have nothing more to say.
 */
export async function sayNothingFound({
  request,
  sources,
  wanted,
  read,
}: {
  readonly request: Request;
  readonly sources: readonly OpenSource[];
  readonly wanted: SpanFilter;
  readonly read: SourcesRead;
}): Promise<void> {
  const { say } = request.output;
  const { many } = spansInWords(request.options);
  const filters = filtersInWords(request.options);
  const what = `${wanted.slow ? 'slow ' : ''}${many}${filters === '' ? '' : ` of ${filters}`}`;
  say(`no ${what} found in ${read.answered.join(' and ')}`);
  for (const open of sources) {
    const { source } = open;
    if (source.kind === 'file' && !isRereadable(open)) continue;
    try {
      const hint = await hintFor({ request, open, wanted });
      if (hint !== undefined) say(`${source.label}: ${hint}`);
      const others = await besidesEvents({ request, open, wanted });
      if (others !== undefined) say(`${source.label}: ${others}`);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
}
