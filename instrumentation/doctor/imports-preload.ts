import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestPackage } from '../package-manager.js';

/** What Node's options import, as it stands there. */
function imported(options: readonly string[]): string[] {
  return options.flatMap((option, at) => {
    if (option.startsWith('--import=')) return [option.slice('--import='.length)];
    return option === '--import' ? (options[at + 1] ?? []) : [];
  });
}

function isOurs(name: string, workingDirectory: string): boolean {
  try {
    const require = createRequire(join(workingDirectory, 'index.js'));
    const file = realpathSync(name.startsWith('file:') ? fileURLToPath(name) : require.resolve(name));
    return /[\\/]instrumentation[\\/]index\.c?js$/.test(file) && nearestPackage(file).name === 'grants-otel';
  } catch {
    return false;
  }
}

/** Whether Node's own options, of the command line, import the preload, ours or another copy. Never throws. */
export function importsPreload(options: readonly string[], workingDirectory: string): boolean {
  return imported(options).some((name) => isOurs(name, workingDirectory));
}
