import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)\b/;
const PACKAGES = ['npm', 'pnpm', '@pnpm/exe', 'yarn', '@yarnpkg/cli', '@yarnpkg/cli-dist', 'corepack'];
/** Yarn as a repository keeps it, and what Corepack has downloaded: files without a package around them. */
const KEPT = /[\\/](\.yarn[\\/]releases|corepack)[\\/]/;

/** Name and version of the package that a file belongs to, as they stand there; neither where it belongs to none. */
export function nearestPackage(file: string): { readonly name?: unknown; readonly version?: unknown } {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
      // One that says only `type` is no package.
      if (manifest.name !== undefined) return manifest;
    } catch {
      // No package.json here, or none that can be read.
    }
  }
  return {};
}

/**
 * Whether the program that this process runs is npm, npx, pnpm, yarn or corepack. With NODE_OPTIONS they preload us as well, though it is the
 * scripts that they start which are to be traced. Cheap where the program's name is another one.
 */
export function isPackageManager(script: string | undefined): boolean {
  if (script === undefined) return false;
  try {
    const file = realpathSync(script);
    if (!PROGRAM.test(basename(script)) && !PROGRAM.test(basename(file))) return false;
    return KEPT.test(file) || PACKAGES.includes(String(nearestPackage(file).name));
  } catch {
    return false;
  }
}
