import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
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
  remove(): void;
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

/** Of what could not be kept: where the folder for it is at fault. */
const PLACE_CODES = new Set(['ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS']);

/** What could not be kept is told as what could not be read. */
function failingRead(label: string, error: unknown): TraceSource['read'] {
  const { code = '', path } = error as NodeJS.ErrnoException;
  // The source itself may not be there, or not be for this user.
  const isOfPlace = PLACE_CODES.has(code) && path !== label;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const cannot = `${label} cannot be kept in ${tmpdir()}${isFull ? ', which is full' : ''} (${code}); have TMPDIR name another folder, or give a file`;
  const next = () =>
    Promise.reject(isOfPlace ? new SourceError('UNREADABLE', cannot, error) : unreadable(label, error));
  return () => ({ [Symbol.asyncIterator]: () => ({ next }) });
}

const DEADLY_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** A folder for what is kept, which goes with this process, if a signal ends it, too; and how it goes before. */
function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  let path: string | undefined;
  const remove = (): void => {
    process.off('exit', remove);
    for (const signal of DEADLY_SIGNALS) process.off(signal, die);
    if (path !== undefined) rmSync(path, { recursive: true, force: true });
  };
  const die = (signal: NodeJS.Signals): void => {
    remove();
    process.kill(process.pid, signal);
  };
  process.once('exit', remove);
  for (const signal of DEADLY_SIGNALS) process.once(signal, die);
  try {
    path = mkdtempSync(join(tmpdir(), 'grants-otel-'));
    return { path, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Keeps what can be read but once, the standard input or a pipe, in temporary files that only this user may read. */
export async function keepReadOnce(sources: readonly OpenSource[]): Promise<RereadableSources> {
  if (!sources.some(isOnce)) return { sources, remove: () => {} };
  const { createTraceFile } = await import('../traces/trace-file.js');
  let folder: ReturnType<typeof temporaryFolder> | undefined;
  const keep = async (open: OpenSource, at: number): Promise<OpenSource> => {
    if (!isOnce(open)) return open;
    const { label } = open.source;
    try {
      folder ??= temporaryFolder();
      const path = join(folder.path, `source-${at}`);
      const input = isStandardInput(open) ? process.stdin : createReadStream(label);
      await pipeline(input, createWriteStream(path, { mode: 0o600 }));
      return { ...open, isKept: true, source: createTraceFile(path, { label }) };
    } catch (error) {
      return { ...open, isKept: true, source: { ...open.source, read: failingRead(label, error) } };
    }
  };
  const kept: OpenSource[] = [];
  for (const [at, open] of sources.entries()) kept.push(await keep(open, at));
  return { sources: kept, remove: () => folder?.remove() };
}
