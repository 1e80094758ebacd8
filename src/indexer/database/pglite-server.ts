import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailableError, describeFault } from './database-error.js';
import { type FolderLock, lockFolder } from './folder-lock.js';

/** An embedded PostgreSQL, in a thread of its own, on a Unix socket that only this user can reach. */
export interface PgliteServer {
  /** The folder of the socket, as `host` for pg. */
  readonly socketFolder: string;
  readonly port: number;
  /** Writes everything to the folder and ends the thread. */
  close(): Promise<void>;
}

const PORT = 5432;

const VERSION_FILE = 'PG_VERSION';

/** Makes sure that the folder holds a database or nothing: PGlite would make its database among whatever is there. */
async function prepareFolder(path: string, lock: FolderLock): Promise<void> {
  if (lock.isHalfMade) await rm(path, { recursive: true, force: true });
  const names: string[] = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.includes(VERSION_FILE)) return;
  if (names.length > 0) throw new Error(`other files, such as ${names[0]}`);
  await lock.noteMaking();
}

async function startWorker(folder: string, socketFolder: string): Promise<Worker> {
  const worker = new Worker(new URL('./pglite-worker.js', import.meta.url), {
    workerData: { folder, socketPath: join(socketFolder, `.s.PGSQL.${PORT}`) },
    execArgv: [],
  });
  await new Promise<void>((ready, fail) => {
    worker.once('message', () => ready());
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`it ended with code ${code}`)));
  });
  worker.removeAllListeners();
  worker.on('error', () => {});
  return worker;
}

/**
 * Starts PGlite on a folder, which is made if it is not there.
 * @throws DatabaseUnavailableError where another process uses the folder, or what is in it is no database of this version.
 */
export async function startPglite(folder: string): Promise<PgliteServer> {
  const path = resolve(folder);
  let lock: FolderLock | undefined;
  let socketFolder: string | undefined;
  const cleanUp = async (): Promise<void> => {
    if (socketFolder !== undefined) await rm(socketFolder, { recursive: true, force: true });
    await lock?.unlock();
  };
  try {
    await mkdir(dirname(path), { recursive: true });
    lock = await lockFolder(path);
    await prepareFolder(path, lock);
    socketFolder = await mkdtemp(join(tmpdir(), 'grants-pglite-'));
    const worker = await startWorker(path, socketFolder);
    const ended = new Promise<void>((resolveEnded) => worker.once('exit', () => resolveEnded()));
    await lock.noteReady();
    const close = async (): Promise<void> => {
      worker.postMessage('close');
      await ended;
      await cleanUp();
    };
    return { socketFolder, port: PORT, close };
  } catch (error) {
    await cleanUp();
    if (error instanceof DatabaseUnavailableError) throw error;
    throw new DatabaseUnavailableError(
      `expected a PGlite database, or a new folder for one, at ${folder}; found: ${describeFault(error)}; ` +
        'move the folder away, or name another',
      { cause: error },
    );
  }
}
