import { readFile, rm, writeFile } from 'node:fs/promises';
import { DatabaseUnavailableError } from './database-error.js';

/** A folder that this process alone may write. */
export interface FolderLock {
  /** The process that had it last ended while it was making what is in the folder. */
  readonly isHalfMade: boolean;
  /** Says that the folder was empty and is being filled, until `noteReady`. */
  noteMaking(): Promise<void>;
  noteReady(): Promise<void>;
  unlock(): Promise<void>;
}

const MAKING = 'making';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function lockOf(file: string, isHalfMade: boolean): FolderLock {
  return {
    isHalfMade,
    noteMaking: () => writeFile(file, `${process.pid} ${MAKING}\n`),
    noteReady: () => writeFile(file, `${process.pid}\n`),
    unlock: () => rm(file, { force: true }),
  };
}

/**
 * Keeps two processes from writing one PGlite folder: `<folder>.lock` holds the process id, and a lock whose process is gone counts for
 * nothing but what it says of the folder.
 * @throws DatabaseUnavailableError naming the process that has it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = `${folder}.lock`;
  if (await tryLock(file)) return lockOf(file, false);
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) {
    await rm(file, { force: true });
    if (await tryLock(file)) return lockOf(file, text.includes(MAKING));
  }
  throw new DatabaseUnavailableError(
    `expected ${folder} to be free, found it in use by process ${Number.isInteger(pid) ? pid : 'unknown'} (${file}); ` +
      'an embedded database takes one process: wait for that one, or use a PostgreSQL server',
  );
}
