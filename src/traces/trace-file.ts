import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isObject, type JsonObject } from './json-value.js';
import { type Line, splitLines } from './lines.js';
import { readOtlpJson } from './otlp-json.js';
import type { Span } from './span.js';
import { matches } from './span-filter.js';
import { SourceError, type SpanSearch, type TraceSource } from './trace-source.js';

/** A batch of an exporter is some hundred kB; a line of this size is no batch. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;
/** Faults of one file that are told one by one; the rest is counted. */
const MAX_NOTES = 3;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

async function openFile(path: string): Promise<Readable> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new SourceError('UNREADABLE', `${path} is a folder; name the trace file in it`);
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if (codeOf(error) !== 'ENOENT') throw unreadable(path, error);
    const hint = /^[\w.-]+:\d+(\/|$)/.test(path)
      ? `; if it is a Jaeger, write http://${path}`
      : '; traces go to a file where GRANTS_OTEL_TRACE_FILE names one';
    throw new SourceError('UNREADABLE', `${path}: no such file${hint}`, error);
  }
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

function unreadable(label: string, error: unknown): SourceError {
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') {
    return new SourceError(
      'UNREADABLE',
      `${label}: the gzip is cut off; what came before is answered`,
      error,
    );
  }
  if (code.startsWith('Z_')) {
    return new SourceError(
      'UNREADABLE',
      `${label}: the gzip is damaged (${code}); what came before is answered`,
      error,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SourceError('UNREADABLE', `${label}: may not be read (${code}); check its permissions`, error);
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SourceError('UNREADABLE', `${label} cannot be read: ${message}`, error);
}

/** The bytes of a stream, unpacked where they begin as gzip does. */
async function* plainBytes(input: Readable): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* all();
  const packed = Readable.from(all(), { objectMode: false });
  const gunzip = createGunzip();
  packed.once('error', (error) => gunzip.destroy(error));
  yield* packed.pipe(gunzip);
}

/** `{"resourceSpans":…}`, also as Jaeger answers it, inside of `result`. */
function tracesIn(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const data = isObject(value) && isObject(value['result']) ? value['result'] : value;
  return isObject(data) && Array.isArray(data['resourceSpans']) ? data : undefined;
}

/** Counts what could not be read in one file, and tells of the first few. */
function createFaults(label: string, onNote: (line: string) => void) {
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(line: Line, what: string): void {
      count++;
      if (count <= MAX_NOTES) onNote(`${label}, line ${line.number}: ${what}; skipped`);
    },
    end(): void {
      if (count > MAX_NOTES) onNote(`${label}: ${count - MAX_NOTES} more like these skipped`);
    },
  };
}

async function* readSpans(label: string, input: Readable, search: SpanSearch): AsyncGenerator<Span[]> {
  const faults = createFaults(label, search.onNote);
  let linesRead = 0;
  let linesRefused = 0;
  let isEmpty = true;
  try {
    for await (const line of splitLines(plainBytes(input), MAX_LINE_BYTES)) {
      const text = line.number === 1 ? line.text?.replace(/^\uFEFF/, '') : line.text;
      if (text?.trim() === '') continue;
      isEmpty = false;
      const traces = text === undefined ? undefined : tracesIn(text);
      if (traces === undefined) {
        if (line.ended) linesRefused++;
        faults.add(line, whatIsWrong(line));
        continue;
      }
      linesRead++;
      const read = readOtlpJson(traces);
      for (const fault of read.faults) faults.add(line, `a span ${fault}`);
      const wanted = read.spans.filter(
        (span) =>
          (search.sinceUnixMs === undefined || span.startUnixMs >= search.sinceUnixMs) &&
          (search.untilUnixMs === undefined || span.startUnixMs < search.untilUnixMs) &&
          (search.serviceName === undefined || span.serviceName === search.serviceName) &&
          (search.traceIds === undefined || search.traceIds.includes(span.traceId)) &&
          matches(span, search.filter),
      );
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    faults.end();
  }
  if (isEmpty) search.onNote(`${label} is empty`);
  if (linesRefused > 0 && linesRead === 0) {
    throw new SourceError(
      'UNREADABLE',
      `${label} is no trace file: expected {"resourceSpans":[…]} on each line, found none`,
    );
  }
}

function whatIsWrong(line: Line): string {
  if (line.text === undefined) return `longer than ${MAX_LINE_BYTES / 1024 / 1024} MB`;
  return line.ended ? 'no {"resourceSpans":[…]} in JSON' : 'cut off (a file still being written?)';
}

/**
 * A file of OTLP JSON lines as the exporter writes them, gzip or not, read as a stream; `-` is the standard input.
 * A line that cannot be read is noted and skipped; a last line without its end is expected of a file that is still being written.
 */
export function createTraceFile(path: string): TraceSource {
  const label = path === '-' ? 'the standard input' : path;
  return {
    kind: 'file',
    label,
    traceUrl: () => undefined,
    async *read(search) {
      const input = path === '-' ? process.stdin : await openFile(path);
      try {
        yield* readSpans(label, input, search);
      } catch (error) {
        throw error instanceof SourceError ? error : unreadable(label, error);
      } finally {
        input.destroy();
      }
    },
  };
}
