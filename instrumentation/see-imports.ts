import { createRequire, register } from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';

/**
 * Lets instrumentations see modules that the application imports as ES modules, those whose URLs match only. Where Node can, the hooks run in
 * the main thread; else in the thread that Node has for them. False where neither is to be had: in a Node 22 before 22.22.3 and a
 * Node 24 before 24.11.1 the process crashes as soon as an ES module is loaded with `require` beside that thread, and we are one.
 */
export function seeImports(include: readonly RegExp[]): boolean {
  if (supportsSyncHooks()) {
    const require = createRequire(import.meta.url);
    const { register: registerHooks } =
      require('./hooks-in-main-thread.js') as typeof import('./hooks-in-main-thread.js');
    registerHooks({ include: [...include] });
    return true;
  }
  if (!process.versions.node.startsWith('20.')) return false;
  register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
  return true;
}
