import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The root of this project. */
export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const LONGEST_INSTALL_MS = 240_000;

/** A folder with this package installed into it as npm would install it from the registry. */
export interface Installed {
  readonly folder: string;
  /** What was installed from. */
  readonly tarball: string;
  /** Writes files, by their paths in the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** Runs a program, and fails with all that it printed. Resolves with its stdout. */
export async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      cwd,
      timeout: LONGEST_INSTALL_MS,
      maxBuffer: 2 ** 26,
      env: { ...process.env, NODE_OPTIONS: '', CI: 'true' },
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} ${args.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** A new temporary folder with this package packed in it, and nothing installed. */
export async function packed(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'grants-otel-packaging-'));
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const listed: unknown = JSON.parse(await run('npm', args, PROJECT));
  const [{ filename }] = Object.values(listed as object) as [{ filename: string }];
  return {
    folder,
    tarball: join(folder, filename),
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Packs this package, as it was built last, and installs it with npm, beside `dependencies`, into a new temporary folder. */
export async function install(dependencies: Readonly<Record<string, string>>): Promise<Installed> {
  const installed = await packed();
  const manifest = {
    name: 'app',
    private: true,
    dependencies: { ...dependencies, 'grants-otel': `file:${installed.tarball}` },
  };
  await installed.write({ 'package.json': JSON.stringify(manifest) });
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ];
  await run('npm', args, installed.folder);
  return installed;
}
