import { type Columns, spansOf } from './file/batch-spans.js';
import { type FilePass, readFile } from './file/file-pass.js';
import { createProgress } from './file/progress.js';
import { isReadOnce } from './file/read-once.js';
import { type ReadingReport, refuseDamage, refuseOtherFiles, tellReport } from './file/reading-report.js';
import { createTraceIds, wordsOf } from './file/trace-ids.js';
import { attributeNames, createSpanTest, type WantedSpans } from './file/wanted-spans.js';
import { isEventSpan, type Span } from './span.js';
import { type EventFilter, eventOfOthers, matchesEvent } from './span-filter.js';
import type { SpanSearch, TraceSource } from './trace-source.js';

/** Below this, starting workers takes longer than reading without them. */
const PARALLEL_FROM_BYTES = 24 * 1024 * 1024;
const RANGE_BYTES = 4 * 1024 * 1024;

export interface TraceFileOptions {
  /** How people know it, where that is not its path. */
  readonly label?: string;
  /** Files of at least so many bytes are read on two cores; default 24 MB. */
  readonly parallelFromBytes?: number;
  /** The ranges that are handed out to the cores; default 4 MB. */
  readonly rangeBytes?: number;
}

type Reading = Omit<FilePass, 'wanted'>;

/** The spans of one reading of a file. */
async function* spansIn(reading: Reading, wanted: WantedSpans): AsyncGenerator<Span[]> {
  const columns: Columns = new Map(attributeNames(wanted).map((name, at) => [name, at]));
  for await (const batch of readFile({ ...reading, wanted })) yield spansOf(batch, columns);
}

/**
 * The spans of traces whose event spans meet the conditions, which takes a reading of its own: spans of a trace may stand before its event span.
 * What is wrong with the file that one tells, since the other skips what is of no trace that is wanted.
 */
async function* readTwice(event: EventFilter, reading: Reading, wanted: WantedSpans): AsyncGenerator<Span[]> {
  const traces = createTraceIds();
  let failure: unknown;
  try {
    const { traceIds } = wanted;
    const batches = spansIn(reading, { filter: { spans: 'events', event }, fields: [], traceIds });
    for await (const spans of batches) for (const span of spans) traces.add(span);
  } catch (error) {
    failure = error;
  }
  const silent = { ...reading, onReport: () => undefined };
  yield* spansIn(silent, { ...wanted, traceIds: traces.words() });
  if (failure !== undefined) throw failure;
}

/** What cannot be read twice is held until it is known which traces' event spans meet the conditions. */
async function* heldSpans(event: EventFilter, reading: Reading, wanted: WantedSpans): AsyncGenerator<Span[]> {
  const isWanted = createSpanTest(wanted);
  const traces = createTraceIds();
  const held: Span[][] = [];
  let failure: unknown;
  try {
    for await (const spans of spansIn(reading, { ...wanted, alsoEvents: event })) {
      for (const span of spans) if (isEventSpan(span) && matchesEvent(span, event)) traces.add(span);
      held.push(spans.filter(isWanted));
    }
  } catch (error) {
    failure = error;
  }
  for (const spans of held) yield spans.filter((span) => traces.has(span));
  if (failure !== undefined) throw failure;
}

/** How the spans that are asked for are found, and how often that reads the file. */
function searchOf({ filter }: SpanSearch, path: string) {
  const event = eventOfOthers(filter);
  if (event === undefined) return { find: spansIn, readings: 1 };
  if (isReadOnce(path)) return { find: heldSpans.bind(undefined, event), readings: 1 };
  return { find: readTwice.bind(undefined, event), readings: 2 };
}

/**
 * A file of OTLP JSON lines, gzip or not; `-` is the standard input. JSON that stands over many lines, and what Jaeger's UI and its API
 * give to save, is read as well. A line that cannot be read is noted and skipped; one that begins as traces do
 * and is damaged is a loss, told at the end by a SourceError; a last line without its end is expected of a file that is still being written.
 */
export function createTraceFile(path: string, options: TraceFileOptions = {}): TraceSource {
  const { label = path === '-' ? 'the standard input' : path } = options;
  const { parallelFromBytes = PARALLEL_FROM_BYTES, rangeBytes = RANGE_BYTES } = options;
  return {
    kind: 'file',
    label,
    traceUrl: () => undefined,
    async *read(asked) {
      const { onNote, onProgress, sinceUnixMs, untilUnixMs, serviceName, filter, fields } = asked;
      const { find, readings } = searchOf(asked, path);
      const onBytes = createProgress(onProgress, readings);
      let report: ReadingReport | undefined;
      const onReport = (told: ReadingReport): void => {
        report = told;
        tellReport(label, told, onNote);
      };
      const reading = { path, label, onBytes, onReport, parallelFromBytes, rangeBytes };
      const traceIds = wordsOf(asked.traceIds);
      const wanted = { sinceUnixMs, untilUnixMs, serviceName, filter, fields, traceIds };
      for await (const spans of find(reading, wanted)) if (spans.length > 0) yield spans;
      if (report === undefined) return;
      refuseDamage(label, report);
      refuseOtherFiles(label, report);
    },
  };
}
