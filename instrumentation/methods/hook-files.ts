import { createRequire, register } from 'node:module';
import { addHook } from 'import-in-the-middle';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { Hook } from 'require-in-the-middle';
import type { Exports } from './patch-exports.js';

export interface HookFilesOptions {
  /** Ends of paths, from a `/` on. */
  readonly files: readonly string[];
  /** Called with the exports of each file whose path ends so, before anybody else sees them. Must not throw. */
  readonly onLoaded: (path: string, exports: Exports) => void;
}

/** A path with `/` only, whatever the system's separator is. */
export function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** What RITM asks for which files are to be seen: it is to see those with certain ends, of which it does not know the beginnings. */
class FilesByEnd extends Array<string> {
  readonly #files: readonly string[];
  lastFound = '';

  constructor(files: readonly string[]) {
    super();
    this.#files = files;
  }

  override includes(path: string): boolean {
    const found = withSlashes(path);
    if (!this.#files.some((file) => found.endsWith(file))) return false;
    this.lastFound = path;
    return true;
  }
}

function hookRequire({ files, onLoaded }: HookFilesOptions): void {
  const byEnd = new FilesByEnd(files);
  new Hook(byEnd, { internals: true }, (exports) => {
    if ((typeof exports === 'object' || typeof exports === 'function') && exports !== null)
      onLoaded(byEnd.lastFound, exports as Exports);
    return exports;
  });
}

function toPattern(files: readonly string[]): RegExp {
  const ends = files.map((file) => encodeURI(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^file:.*(?:${ends.join('|')})(?:[?#]|$)`);
}

/**
 * Hooks ES modules by the end of their URL; only those, because hooking a file puts another module before it, and barrels that import each other
 * in a circle do not survive that. Where Node can, the hooks run in the main thread; else in the thread that Node has for them.
 */
function hookImport({ files, onLoaded }: HookFilesOptions): void {
  const include = [toPattern(files)];
  addHook((url, exports) => {
    const path = decodeURI(url.replace(/[?#].*$/, ''));
    if (files.some((file) => path.endsWith(file))) onLoaded(path, exports);
  });
  if (supportsSyncHooks()) {
    const require = createRequire(import.meta.url);
    const { register: registerHooks } =
      require('./hooks-in-thread.js') as typeof import('./hooks-in-thread.js');
    registerHooks({ include });
  } else {
    register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
  }
}

/** Sees the exports of files as the application loads them, by `import` or `require`. */
export function hookFiles(options: HookFilesOptions): void {
  hookRequire(options);
  hookImport(options);
}
