// Loaded only where it is used: it brings parsers of modules along.
import * as nodeModule from 'node:module';
import { register } from 'import-in-the-middle/register-hooks.mjs';
import { getsFacade, namesSoughtIn, withExportsTold } from './methods/sought-sources.js';
import type { SoughtImports } from './sought-imports.js';

type Load = (url: string, context: object, nextLoad: (url: string, context: object) => object) => object;
type Resolve = (
  specifier: string,
  context: object,
  nextResolve: (specifier: string, context: object) => Resolved,
) => Resolved;
type RegisterHooks = (hooks: { readonly resolve: Resolve; readonly load: Load }) => void;

interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
}

/** A module of Node's own is none of a file, as the hooks below say where code of the command line asks for one. */
function asItIs(resolved: Resolved): Resolved {
  if (resolved.format !== 'commonjs' || !resolved.url.startsWith('node:')) return resolved;
  return { ...resolved, format: 'builtin' };
}

/** Has what is sought seen as it is loaded, by hooks in this thread. */
export function registerHooks({ include, files }: SoughtImports): void {
  const namesIn = namesSoughtIn(files);
  // Of a type that the package does not tell.
  const options: object = { shouldInclude: (url: string) => getsFacade(url, { include, namesIn }) };
  register(options);
  (nodeModule as unknown as { registerHooks: RegisterHooks }).registerHooks({
    resolve: (specifier, context, nextResolve) => asItIs(nextResolve(specifier, context)),
    load(url, context, nextLoad) {
      return withExportsTold(nextLoad(url, context), namesIn(url));
    },
  });
}
