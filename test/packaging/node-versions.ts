import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './install.js';

const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'grants-otel', 'node');

/** What npm's package `node` is made of: a binary for one platform. */
const PLATFORM_PACKAGE = `node-${process.platform}-${process.arch}`;

/**
 * The path of a Node of this version, the newest where only its beginning is given: the one that runs the tests, or one from npm, installed once
 * into the cache of this user.
 */
export async function nodeOf(version: number | string): Promise<string> {
  if (`${process.versions.node}.`.startsWith(`${version}.`)) return process.execPath;
  const folder = join(CACHE, String(version));
  const binary = join(folder, 'node_modules', PLATFORM_PACKAGE, 'bin', 'node');
  if (!existsSync(binary)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-node', private: true }));
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', [...args, `${PLATFORM_PACKAGE}@${version}`], folder);
  }
  return binary;
}
