import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Span } from '../../src/traces/span.js';
import { createTraceFile, type TraceFileOptions } from '../../src/traces/trace-file.js';
import type { SpanSearch } from '../../src/traces/trace-source.js';

/** A folder for the trace files of a test. */
export function createFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'grants-otel-files-'));
  return {
    path: folder,
    write(name: string, content: string | Uint8Array): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A span with all that it says, in plain data. */
export function plain(span: Span) {
  const { traceId, spanId, parentSpanId, name, kind, status, serviceName, startUnixMs, durationMs, details } =
    span;
  const said = { attributes: details.attributes(), events: details.events() };
  return { traceId, spanId, parentSpanId, name, kind, status, serviceName, startUnixMs, durationMs, ...said };
}

export interface FileRead {
  readonly spans: ReturnType<typeof plain>[];
  /** What was skipped, as it was told, with FILE for the path. */
  readonly notes: string[];
  readonly error: string | undefined;
}

/** As built: only there are the workers. */
const BUILT = new URL('../../dist/src/traces/trace-file.js', import.meta.url).href;
const { createTraceFile: createBuiltTraceFile } = (await import(BUILT)) as {
  createTraceFile: typeof createTraceFile;
};

/** Reads a file to its end, or until it cannot be read on; in two threads where `options` say from which size on. */
export async function readFile(
  path: string,
  search: Partial<SpanSearch> = {},
  options: TraceFileOptions = {},
): Promise<FileRead> {
  const spans: ReturnType<typeof plain>[] = [];
  const notes: string[] = [];
  const onNote = (line: string): void => void notes.push(line.replaceAll(path, 'FILE'));
  const create = options.parallelFromBytes === undefined ? createTraceFile : createBuiltTraceFile;
  try {
    const asked: SpanSearch = { filter: { spans: 'all' }, fields: 'all', onNote, ...search };
    for await (const batch of create(path, options).read(asked)) spans.push(...batch.map(plain));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SourceError')) throw error;
    return { spans, notes, error: error.message.replaceAll(path, 'FILE') };
  }
  return { spans, notes, error: undefined };
}

/** Ranges so small that every line is cut by some. */
export const SMALL_RANGES: TraceFileOptions = { parallelFromBytes: 0, rangeBytes: 100 };
