import { readFile, rm, writeFile } from 'node:fs/promises';
import { DatabaseUnavailableError } from './database-error.js';

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

/**
 * Keeps two processes from writing one PGlite folder: `<folder>.lock` holds the process id, and a lock whose process is gone counts for
 * nothing. Resolves to what unlocks it.
 * @throws DatabaseUnavailableError naming the process that has it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder}.lock`;
  const unlock = (): Promise<void> => rm(file, { force: true });
  if (await tryLock(file)) return unlock;
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) {
    await unlock();
    if (await tryLock(file)) return unlock;
  }
  throw new DatabaseUnavailableError(
    `expected ${folder} to be free, found it in use by process ${text.trim() || 'unknown'} (${file}); ` +
      'an embedded database takes one process: wait for that one, or use a PostgreSQL server',
  );
}
