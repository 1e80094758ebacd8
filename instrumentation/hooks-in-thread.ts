// What Node's own thread for hooks runs, where there are none in the main thread.
import {
  initialize as initializeWrapping,
  load as loadWrapped,
  resolve,
} from 'import-in-the-middle/hook.mjs';
import { getsFacade, namesSoughtIn, withExportsTold } from './methods/sought-sources.js';
import type { SoughtImports } from './sought-imports.js';

/** Nothing until it is told what. */
let namesIn = namesSoughtIn([]);

export { resolve };

export async function initialize({ include, files }: SoughtImports): Promise<void> {
  namesIn = namesSoughtIn(files);
  await initializeWrapping({ shouldInclude: (url: string) => getsFacade(url, { include, namesIn }) });
}

type NextLoad = (url: string, context: object) => object | Promise<object>;

export async function load(url: string, context: object, nextLoad: NextLoad): Promise<object> {
  return withExportsTold(await loadWrapped(url, context, nextLoad), namesIn(url));
}
