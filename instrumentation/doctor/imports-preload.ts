import { isPreload, loadedBy } from '../node-options.js';

/** Whether Node's own options, of the command line, import the preload, ours or another copy. Never throws. */
export function importsPreload(options: readonly string[]): boolean {
  return loadedBy(['--import'], options).some((name) => isPreload(name, /^index\.c?js$/));
}
