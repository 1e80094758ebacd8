import { createRequire, register } from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';

/** The URLs of the ES modules, and of what ES modules import, that are to be seen. */
const sought: RegExp[] = [];

/** Lets instrumentations see modules that the application imports as ES modules, those whose URLs match, once {@link startSeeingImports} is called. */
export function seekImports(include: readonly RegExp[]): void {
  sought.push(...include);
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
