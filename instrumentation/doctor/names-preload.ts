import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestPackageName } from '../package-manager.js';

/** How NODE_OPTIONS is split: at spaces, but for those within double quotes, where a backslash stands before a quote or another backslash. */
function splitOptions(text: string): string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"/g, (_all, inner: string) => inner.replace(/\\(.)/g, '$1')),
  );
}

/** What the options of Node preload, as it stands there. */
function preloaded(options: readonly string[]): string[] {
  return options.flatMap((option, at) => {
    const [, inline] = /^(?:--require|--import)=(.+)$/.exec(option) ?? [];
    if (inline !== undefined) return [inline];
    return /^(-r|--require|--import)$/.test(option) ? (options[at + 1] ?? []) : [];
  });
}

function isOurs(name: string, workingDirectory: string): boolean {
  try {
    const require = createRequire(join(workingDirectory, 'index.js'));
    const file = realpathSync(name.startsWith('file:') ? fileURLToPath(name) : require.resolve(name));
    return /[\\/]instrumentation[\\/]index\.js$/.test(file) && nearestPackageName(file) === 'grants-otel';
  } catch {
    return false;
  }
}

export interface NodeCommand {
  /** Node's own options on the command line. */
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
  readonly workingDirectory: string;
}

/** Whether Node was told to preload us, ours or another copy. Never throws. */
export function namesPreload({ execArgv, nodeOptions, workingDirectory }: NodeCommand): boolean {
  const names = [...splitOptions(nodeOptions ?? ''), ...execArgv];
  return preloaded(names).some((name) => isOurs(name, workingDirectory));
}
