import { createRequire, register } from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { readProcess } from './config.js';
import { isPreload, loadedBy, splitOptions } from './node-options.js';

/** The URLs of the ES modules, and of what ES modules import, that are to be seen. */
const sought: RegExp[] = [];

/**
 * Lets instrumentations see modules that the application imports as ES modules, those whose URLs match, once {@link startSeeingImports} is called.
 * False where they cannot be seen: before 22.22.3 and 24.11.1 Node has no hooks in the main thread, and requires in its thread for hooks what
 * it requires before the application; should an ES module be among that, the process ends. Our own file of CommonJS does nothing there.
 */
export function seekImports(include: readonly RegExp[]): boolean {
  if (!supportsSyncHooks() && !process.versions.node.startsWith('20.') && requiresMore()) return false;
  sought.push(...include);
  return true;
}

/** Whether Node requires anything else than us before the application. */
function requiresMore(): boolean {
  const { execArgv, nodeOptions } = readProcess();
  const required = loadedBy(['--require', '-r'], [...splitOptions(nodeOptions), ...execArgv]);
  return required.some((name) => !isPreload(name, /^index\.cjs$/));
}

export function areImportsSought(): boolean {
  return sought.length > 0;
}

/**
 * Where Node can, the hooks run in the main thread; else in the thread that Node has for them. To be called once, when all that is sought is
 * known: what sees them does not let itself be told twice. Does nothing where nothing is sought.
 */
export function startSeeingImports(): void {
  if (!areImportsSought()) return;
  const include = [...sought];
  if (!supportsSyncHooks()) {
    register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
    return;
  }
  const require = createRequire(import.meta.url);
  const { register: registerHooks } =
    require('./hooks-in-main-thread.js') as typeof import('./hooks-in-main-thread.js');
  registerHooks({ include });
}
