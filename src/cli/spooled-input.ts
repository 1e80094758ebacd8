import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unreadable } from '../traces/file/open-file.js';
import { isReadOnce } from '../traces/file/read-once.js';
import { SourceError, type TraceSource } from '../traces/trace-source.js';
import type { OpenSource } from './open-sources.js';

const STANDARD_INPUT = 'the standard input';

/** Sources that can be read more than once, and how to leave nothing behind. */
export interface RereadableSources {
  readonly sources: readonly OpenSource[];
  remove(): Promise<void>;
}

/** Whether a source is the standard input, be it kept or not. */
export function isStandardInput({ source }: OpenSource): boolean {
  return source.kind === 'file' && source.label === STANDARD_INPUT;
}

/** Whether a source can be read more than once: a file, or what is kept in one. */
export function isRereadable(open: OpenSource): boolean {
  return open.source.kind === 'file' && (open.isKept === true || !isOnce(open));
}

function isOnce(open: OpenSource): boolean {
  return open.source.kind === 'file' && (isStandardInput(open) || isReadOnce(open.source.label));
}

/** What could not be kept is told as what could not be read. */
function failingRead(label: string, error: unknown): TraceSource['read'] {
  const { code } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const full = `${label} cannot be kept in ${tmpdir()}, which is full (${code}); have TMPDIR name another folder, or give a file`;
  const next = () =>
    Promise.reject(isFull ? new SourceError('UNREADABLE', full, error) : unreadable(label, error));
  return () => ({ [Symbol.asyncIterator]: () => ({ next }) });
}

/** Keeps what can be read but once, the standard input or a pipe, in temporary files that only this user may read. */
export async function keepReadOnce(sources: readonly OpenSource[]): Promise<RereadableSources> {
  if (!sources.some(isOnce)) return { sources, remove: async () => {} };
  const { createTraceFile } = await import('../traces/trace-file.js');
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const keep = async (open: OpenSource, at: number): Promise<OpenSource> => {
    if (!isOnce(open)) return open;
    const { label } = open.source;
    const path = join(folder, `source-${at}`);
    try {
      const input = isStandardInput(open) ? process.stdin : createReadStream(label);
      await pipeline(input, createWriteStream(path, { mode: 0o600 }));
    } catch (error) {
      return { ...open, isKept: true, source: { ...open.source, read: failingRead(label, error) } };
    }
    return { ...open, isKept: true, source: createTraceFile(path, { label }) };
  };
  try {
    const kept: OpenSource[] = [];
    for (const [at, open] of sources.entries()) kept.push(await keep(open, at));
    return { sources: kept, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
