import type { OptionName } from './options.js';
import type { Request } from './request.js';

/** One question that can be asked of the traces. */
export interface Question {
  /** One line for the list of questions. */
  readonly summary: string;
  /** The options that it takes, beside `--help` and `--version`. */
  readonly options: readonly OptionName[];
  /** It is asked of one trace, named before the sources. */
  readonly takesTrace?: true;
  /** False where it has no sources. */
  readonly takesSources?: false;
  /** It is asked of a command, behind `--`. */
  readonly takesCommand?: true;
  /** It answers also where a variable has a bad value. */
  readonly takesWrongVariables?: true;
  /** More lines for the help of this question. */
  readonly details: string;
  /** Answers it, and returns the exit code. What it needs is loaded only now. */
  readonly answer: (request: Request) => Promise<number>;
}

/** What narrows down spans, for every question that searches. */
const FILTERS = [
  'chain',
  'round',
  'application',
  'event',
  'span',
  'tx',
  'donor',
  'attr',
  'min-duration',
  'errors',
  'since',
  'until',
  'service',
] as const satisfies readonly OptionName[];

const FORMATS = ['limit', 'header', 'format', 'json'] as const satisfies readonly OptionName[];

/** Every question, in the order of the help. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  slow: {
    summary: 'slow spans, slowest first: events, each with the span that made it slow, or those of --span',
    options: [...FILTERS, ...FORMATS],
    details: `An event is slow when its span took at least GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS, or the threshold of
its own name. Its cause is the span of its trace with the largest self time; the share is that self
time's part of the event's duration.

With --json, each object has: when (start, ISO 8601, UTC), event, span (its name), chainId, roundId,
applicationId, durationMs, thresholdMs, cause, causeMs, causeSharePercent, blockNumber,
transactionHash, failed, traceId, spanId, traceUrl. chainId, blockNumber and what ends in Ms or Percent
is a number, failed a boolean, all else a string. What is not known is null: the cause of a span that is
no event, the traceUrl of a trace file.

With --format csv, the columns are timestamp (end), eventType, operation, duration, totalTime,
blockNumber, transactionHash, chainId, roundId, applicationId, donorAddress, recipientAddress, amount,
amountInUsd, uniqueDonorsCount, totalDonationsCount, details, then when, event, thresholdMs, cause,
causeMs, causeSharePercent, failed, traceId, spanId, traceUrl. Lines end with CR LF.`,
    answer: async (request) => (await import('./questions/slow.js')).answerSlow(request),
  },
  summary: {
    summary: 'how long events took, by event and chain, or spans by anything else: count, percentiles, total',
    options: ['by', ...FILTERS, ...FORMATS],
    details: `One row for each event and chain, or for what --by says: --by roundId, --by slowCause,
--span '*' --by name. What took longest in all comes first. Where only a share of the fast traces was
kept (keepRatio on the root span), each of these counts for 1/keepRatio in counts, average, percentiles
and total, and the figures have a ~. Percentiles are exact up to 1,000,000 spans, beyond that within
0.5 % of the true ones; the answer says so. What is called as one of the figures below is no key of --by.

With --json, each object has the keys of --by (event and chainId; chainId a number, all else a string or
null), then count, slowCount, errorCount, minMs, avgMs, p50Ms, p95Ms, p99Ms, maxMs, totalMs, lastEnd
(ISO 8601, UTC), readCount (spans that were read), estimated (a boolean) and percentileErrorPercent.

With --format csv, the columns are timestamp (end of the last one), eventName, slowCount, avgDuration,
maxDuration, minDuration, chainId, then the other keys of --by, count, errorCount, p50Duration,
p95Duration, p99Duration, totalDuration, readCount, estimated, percentileErrorPercent. Times are ms.`,
    answer: async (request) => (await import('./questions/summary.js')).answerSummary(request),
  },
  trace: {
    summary: 'one trace as a tree, with durations, self times, and what each span says',
    options: ['header', 'format', 'json'],
    takesTrace: true,
    details: `The trace is named by its id, in full (leading zeros may be left out), or by the address of its page in
Jaeger, which is then the source. Self time is a span's duration less the time that its children cover:
their union, each clipped to its parent. Flags are slow, error, interrupted, and of a span that has no
proper place: parent missing, cycle, duplicate id. Below a span stand the attributes that differ from
its parent's, and its events, such as exceptions.

With --json, one object: traceId, when, durationMs, spanCount, traceUrl and spans, each before those
below it: spanId, parentSpanId, depth, name, kind, service, status (unset, ok, error), offsetMs (from the
start of the trace), durationMs, selfMs, flags, attributes, events (name, offsetMs, attributes); null
where there is no such trace. With --format csv, a row a span: when, depth, name, offset, duration,
selfTime, flags, kind, service, status, traceId, spanId, parentSpanId, attributes (as JSON).`,
    answer: async (request) => (await import('./questions/trace.js')).answerTrace(request),
  },
  causes: {
    summary: 'of the time of slow events, what share went to which cause; before and after --split',
    options: ['split', ...FILTERS, ...FORMATS],
    details: `The time of slow events is the sum of their durations. A slow event names one cause, the span of its
trace with the largest self time (slowCause, slowCauseMs). Of each cause the self times of these spans
are added up; its share is that sum, of the time of all slow events. What they spent outside of the one
span that is their cause is a row of its own, so that all shares add up to 100 %; so are events that
tell no cause, with their whole duration, and with --limit the causes that it leaves out. With --split,
an event counts before or after by its start.

With --json, each object has cause (null in those rows), kind (cause, not told, others, rest),
eventCount, selfMs, sharePercent; with --split, cause, kind, before and after, each with these three,
and changePercentPoints. With --format csv: cause, eventCount, selfTime, sharePercent; with --split,
these three with Before, then with After.`,
    answer: async (request) => (await import('./questions/causes.js')).answerCauses(request),
  },
  watch: {
    summary: 'slow spans as they happen, a line each, until interrupted',
    options: [...FILTERS.filter((name) => name !== 'until'), ...FORMATS],
    details: `Follows a trace file as it is written, also when it is truncated or replaced, and asks a Jaeger every
two seconds. A source that goes away is told once, waited for, and taken up again. With --since, what
began since then is told first; with --limit, it ends after so many. Each span is told once. In a Jaeger,
an event of more than 2 minutes comes up to a minute late, one of more than an hour is missed.

Each line has the time of the start, the name, then key=value: ms, threshold, chainId, roundId,
applicationId, cause, share, block, tx, error, trace. With --json, each line is an object as slow --json
has it; with --format csv, each is a row as of slow. What only other spans of the trace say is left out.`,
    answer: async (request) => (await import('./questions/watch.js')).answerWatch(request),
  },
  report: {
    summary: 'one HTML page for --out: pictures, summary, causes, the slowest events with their traces',
    options: ['out', ...FILTERS.filter((name) => name !== 'span'), 'limit', 'header'],
    details: `The page needs no network and no other file: the summary per event and chain, durations over time,
a histogram, the causes of slow events, and the slowest events (20, or --limit) with the waterfalls of
their whole traces. It is written whole or not at all, and takes the place of a page, but of no other
file; --out - prints it.`,
    answer: async (request) => (await import('./questions/report.js')).answerReport(request),
  },
  config: {
    summary:
      'the variables, their values, where each came from, and whether Jaeger and the OTLP endpoint answer',
    options: ['header', 'json'],
    takesSources: false,
    takesWrongVariables: true,
    details: `Shows every variable of grants-otel, and those of OpenTelemetry that decide where traces go, as this
shell has them: run it where the indexer runs. Secrets are shown as ***. The Jaeger of
GRANTS_OTEL_JAEGER_URL is asked for its services; an empty batch is sent to the OTLP endpoint, unless
nothing is exported. Exit code 0: both answer; 3: one does not; 2: a value of ours is bad.

With --json, one object: variables (name, value or null, from: environment or default, problem or null)
and servers (server, url, answers: a boolean, or null where it was not asked, found).`,
    answer: async (request) => (await import('./questions/config.js')).answerConfig(request),
  },
  doctor: {
    summary: 'starts an application as you do, and tells what is wrong with how it is traced',
    options: ['for', 'json'],
    takesSources: false,
    takesCommand: true,
    takesWrongVariables: true,
    details: `Runs the command as it stands: the application really works. It runs until it ends, is interrupted, or
--for is over; then it is told to end (SIGTERM), with all of its process group. What it prints goes to the
error output.
Looked at are: how it ended, whether the preload is there and comes before what is to be traced, another
OpenTelemetry SDK, the variables that the application was given, the rows of the method tables, pg, and
whether the OTLP endpoint answers. Where the preload is missing, it is added for this run, and told.
Of several processes, the one with the preload and the most to see in it is looked at.
Exit code 0: nothing is wrong; 1: something is; 2: the command cannot be started.

With --json, one object: command, application (pid, program, node; null where none has reported), checks
(check, state: ok, wrong or note, found, todo or null), rows (table, row, status: matched, no match or
waiting, file, reason; null where there is none).`,
    answer: async (request) => (await import('./questions/doctor.js')).answerDoctor(request),
  },
};
