// Loaded only where it is used: it brings parsers of modules along.
import * as nodeModule from 'node:module';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { getsFacade, namesSoughtIn, withExportsTold } from './methods/sought-sources.js';
import type { SoughtImports } from './sought-imports.js';

type Load = (url: string, context: object, nextLoad: (url: string, context: object) => object) => object;
type RegisterHooks = (hooks: { readonly load: Load }) => void;

/** Has what is sought seen as it is loaded, by hooks in this thread. */
export function registerHooks({ include, files }: SoughtImports): void {
  const namesIn = namesSoughtIn(files);
  // Of a type that the package does not tell.
  const options: object = { shouldInclude: (url: string) => getsFacade(url, { include, namesIn }) };
  register(options);
  (nodeModule as unknown as { registerHooks: RegisterHooks }).registerHooks({
    load(url, context, nextLoad) {
      return withExportsTold(nextLoad(url, context), namesIn(url));
    },
  });
}
