import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { OpenSource } from './open-sources.js';

/** Sources that can be read more than once, and how to leave nothing behind. */
export interface RereadableSources {
  readonly sources: readonly OpenSource[];
  remove(): Promise<void>;
}

/** Whether a source is the standard input, be it kept or not. */
export function isStandardInput({ source }: OpenSource): boolean {
  return source.kind === 'file' && source.label === 'the standard input';
}

/** Keeps the standard input, which can be read but once, in a temporary file that only this user may read. */
export async function keepStandardInput(sources: readonly OpenSource[]): Promise<RereadableSources> {
  if (!sources.some(isStandardInput)) return { sources, remove: async () => {} };
  const { createTraceFile } = await import('../traces/trace-file.js');
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-'));
  const path = join(folder, 'standard-input');
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  const kept = sources.map((open): OpenSource => {
    if (!isStandardInput(open)) return open;
    const file = createTraceFile(path);
    const { label } = open.source;
    return {
      ...open,
      source: {
        ...file,
        label,
        read: (search) =>
          file.read({ ...search, onNote: (line) => search.onNote(line.replace(path, label)) }),
      },
    };
  });
  return { sources: kept, remove };
}
