import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULE_FOLDER = fileURLToPath(new URL('.', import.meta.url));
const PACKAGE = 'github.com/jaegertracing/jaeger/cmd/jaeger';

async function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Where a program of this name is on PATH, or undefined. */
export async function findOnPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (isAbsolute(folder) && (await isExecutable(join(folder, name)))) return join(folder, name);
  }
  return undefined;
}

/** Where the build of the pinned module belongs: the user's cache folder, one folder for each state of go.mod and go.sum. */
export async function cachedJaegerPath() {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(MODULE_FOLDER, file)));
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'grants-otel', `jaeger-${hash.digest('hex').slice(0, 16)}`, 'jaeger');
}

/** The build in the cache, if it was made, or undefined. */
export async function findCachedJaeger() {
  const path = await cachedJaegerPath();
  return (await isExecutable(path)) ? path : undefined;
}

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/**
 * Builds Jaeger from the pinned Go module into the cache, or returns the build that is there. Two builds at once do no harm: each
 * builds beside the place and moves its result there in one step. Throws where there is no Go, or where it fails.
 */
export async function buildJaeger() {
  const path = await cachedJaegerPath();
  if (await isExecutable(path)) return path;
  const go = await findOnPath('go');
  if (!go) throw new Error('Building Jaeger takes Go 1.26 or newer, and there is no go on PATH');
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const build = await mkdtemp(join(folder, 'build-'));
  try {
    const output = join(build, 'jaeger');
    await run(go, ['build', '-mod=readonly', '-buildvcs=false', '-o', output, PACKAGE], {
      cwd: MODULE_FOLDER,
    });
    await rename(output, path);
  } finally {
    await rm(build, { recursive: true, force: true });
  }
  return path;
}
