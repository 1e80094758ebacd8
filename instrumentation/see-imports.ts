import { createRequire, register } from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { readProcess } from './config.js';
import { isPreload, loadedBy, splitOptions } from './node-options.js';
import type { SoughtFiles, SoughtImports } from './sought-imports.js';

const include: RegExp[] = [];
let files: SoughtFiles = [];

/**
 * Lets modules be seen that the application imports as ES modules, once {@link startSeeingImports} is called.
 * False where they cannot be seen: before 22.22.3 and 24.11.1 Node has no hooks in the main thread, and requires in its thread for hooks what
 * it requires before the application; should an ES module be among that, the process ends. Our own file of CommonJS does nothing there.
 */
export function seekImports(sought: Partial<SoughtImports>): boolean {
  if (!supportsSyncHooks() && !process.versions.node.startsWith('20.') && requiresMore()) return false;
  include.push(...(sought.include ?? []));
  files = [...files, ...(sought.files ?? [])];
  return true;
}

/** Whether Node requires anything else than us before the application. */
function requiresMore(): boolean {
  const { execArgv, nodeOptions } = readProcess();
  const required = loadedBy(['--require', '-r'], [...splitOptions(nodeOptions), ...execArgv]);
  return required.some((name) => !isPreload(name, /^index\.cjs$/));
}

export function areImportsSought(): boolean {
  return include.length + files.length > 0;
}

/**
 * Where Node can, the hooks run in the main thread; else in the thread that Node has for them. To be called once, when all that is sought is
 * known: what sees them does not let itself be told twice. Does nothing where nothing is sought.
 */
export function startSeeingImports(): void {
  if (!areImportsSought()) return;
  const sought: SoughtImports = { include, files };
  if (!supportsSyncHooks()) {
    register('./hooks-in-thread.js', import.meta.url, { data: sought });
    return;
  }
  const require = createRequire(import.meta.url);
  const { registerHooks } =
    require('./hooks-in-main-thread.js') as typeof import('./hooks-in-main-thread.js');
  registerHooks(sought);
}
