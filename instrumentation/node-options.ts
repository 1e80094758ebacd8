import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestPackage } from './package-manager.js';

/** The options of a NODE_OPTIONS, of which the quoted ones can have spaces in them. */
export function splitOptions(nodeOptions = ''): string[] {
  return (nodeOptions.match(/(?:"(?:\\.|[^"\\])*"|\S)+/g) ?? []).map((option) => option.replaceAll('"', ''));
}

/** What Node's options load by one of these flags, as it stands there. */
export function loadedBy(flags: readonly string[], options: readonly string[]): string[] {
  return options.flatMap((option, at) => {
    const flag = flags.find((name) => option === name || option.startsWith(`${name}=`));
    if (flag === undefined) return [];
    return option === flag ? (options[at + 1] ?? []) : option.slice(flag.length + 1);
  });
}

/** Whether a name, as Node is given it, is that of the preload, ours or another copy, in a file with such a name. Never throws. */
export function isPreload(name: string, fileName: RegExp): boolean {
  try {
    const require = createRequire(join(process.cwd(), 'index.js'));
    const file = realpathSync(name.startsWith('file:') ? fileURLToPath(name) : require.resolve(name));
    const isIt = basename(dirname(file)) === 'instrumentation' && fileName.test(basename(file));
    return isIt && nearestPackage(file).name === 'grants-otel';
  } catch {
    return false;
  }
}
