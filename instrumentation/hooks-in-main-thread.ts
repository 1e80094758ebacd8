// Loaded only where it is used: it brings parsers of modules along.
import * as nodeModule from 'node:module';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { isWrapped, namesSoughtIn, withExportsTold } from './methods/sought-sources.js';
import type { SoughtImports } from './sought-imports.js';

type Load = (url: string, context: object, nextLoad: (url: string, context: object) => object) => object;
type RegisterHooks = (hooks: { readonly load: Load }) => void;

/** Has what is sought seen as it is loaded, by hooks in this thread. */
export function registerHooks({ include, files }: SoughtImports): void {
  const namesIn = namesSoughtIn(files);
  // Of a type that the package does not tell.
  const options: object = { shouldInclude: (url: string) => isWrapped(url, { include, namesIn }) };
  register(options);
  (nodeModule as unknown as { registerHooks: RegisterHooks }).registerHooks({
    load(url, context, nextLoad) {
      const names = namesIn(url);
      const loaded = nextLoad(url, context);
      return names.size > 0 ? withExportsTold(loaded, names) : loaded;
    },
  });
}
