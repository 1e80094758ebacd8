import { execFile } from 'node:child_process';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { onFreePorts } from './free-ports.js';
import { type ServerProcess, startServer } from './server-process.js';

const run = promisify(execFile);
const SYSTEM_BINARIES = '/usr/lib/postgresql';

/** A PostgreSQL of the test run's own, with trust authentication, on 127.0.0.1. */
export interface PostgresServer {
  /** The superuser's URL of the database `postgres`. */
  readonly url: string;
  /** Takes the server away without a goodbye to its clients; the data stays. */
  crash(): Promise<void>;
  /** Ends it, and the sessions on it, in order; the data stays. */
  stop(): Promise<void>;
  /** Brings it back, on the same port with the same data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL's binaries as they were found, or why they were not. */
export type FoundPostgres = { binaries: string; owner: Owner } | { missing: string };

/** Looks for PostgreSQL's server binaries on PATH, then where Debian puts them; never throws. */
export async function findPostgres(): Promise<FoundPostgres> {
  const binaries = await findBinaries();
  if (!binaries) return { missing: `no initdb on PATH or in ${SYSTEM_BINARIES}/*/bin: install PostgreSQL` };
  const owner = await findOwner();
  if (!owner) return { missing: 'PostgreSQL does not run as root, and there is no user postgres or nobody' };
  return { binaries, owner };
}

async function findBinaries(): Promise<string | undefined> {
  const versions = await readdir(SYSTEM_BINARIES).catch(() => []);
  versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...versions.map((version) => join(SYSTEM_BINARIES, version, 'bin')),
  ];
  for (const folder of folders) {
    const found = await Promise.all(['initdb', 'postgres'].map((name) => access(join(folder, name)))).then(
      () => true,
      () => false,
    );
    if (found) return folder;
  }
  return undefined;
}

/** Who the server runs as: ourselves, or, where we are root, somebody who is not. */
async function findOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user]))).catch(() => undefined);
    if (ids) return { uid: Number(ids[0]?.stdout), gid: Number(ids[1]?.stdout) };
  }
  return undefined;
}

async function createCluster(found: { binaries: string; owner: Owner }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-postgres-'));
  const { uid, gid } = found.owner;
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    await run(join(found.binaries, 'initdb'), [...options, join(folder, 'data')], {
      ...found.owner,
      cwd: folder,
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`initdb failed as uid ${uid ?? process.getuid?.()} in ${folder}`, { cause: error });
  }
  return folder;
}

/**
 * Starts a PostgreSQL on a free port with an empty cluster in a temporary folder. It goes with `close()`, or with this process.
 * `settings` are postgresql.conf's; by default `fsync` is off, which is right for tests and wrong for figures.
 * Throws where there is none to start (see `findPostgres`), and with the server's log where it does not come up.
 */
export async function startPostgres(
  options: { settings?: Readonly<Record<string, string>> } = {},
): Promise<PostgresServer> {
  const found = await findPostgres();
  if ('missing' in found) throw new Error(`Expected a PostgreSQL to start: ${found.missing}`);
  const folder = await createCluster(found);
  const settings = { fsync: 'off', max_connections: '200', unix_socket_directories: '', ...options.settings };
  const start = async (port: number): Promise<ServerProcess> => {
    const all = { listen_addresses: '127.0.0.1', port: String(port), ...settings };
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = await startServer({
      command: join(found.binaries, 'postgres'),
      args: ['-D', join(folder, 'data'), ...flags],
      cwd: folder,
      folder,
      ...found.owner,
    });
    await server.logged('database system is ready to accept connections');
    return server;
  };
  const remove = () => rm(folder, { recursive: true, force: true });
  const { server, port } = await onFreePorts(1, async ([port = 0]) => ({
    server: await start(port),
    port,
  })).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  let running = server;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    crash: () => running.end('SIGQUIT'),
    stop: () => running.end('SIGINT'),
    restart: async () => {
      await running.end('SIGINT');
      running = await start(port);
    },
    close: async () => {
      await running.end('SIGINT');
      await remove();
    },
  };
}
