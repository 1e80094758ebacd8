import nodeModule, { createRequire, syncBuiltinESMExports } from 'node:module';
import { addHook } from 'import-in-the-middle';
import { Hook } from 'require-in-the-middle';
import { readProcess } from '../config.js';
import { areImportsSought, seekImports, startSeeingImports } from '../see-imports.js';
import type { SoughtFiles } from '../sought-imports.js';
import type { Method } from '../wrap-method.js';
import { TELL } from './module-run.js';
import { type Exports, NamedExports } from './named-exports.js';
import { pathOfUrl, withSlashes } from './path-of-url.js';
import { standIn } from './stand-in.js';

export interface HookFilesOptions {
  /** The names of exports that are looked for, by the ends of their files' paths, from a `/` on. */
  readonly namesByFile: ReadonlyMap<string, ReadonlySet<string>>;
  /** Called with the exports of each file whose path ends so, before anybody else sees them. Must not throw. */
  readonly onLoaded: (path: string, exports: NamedExports) => void;
}

interface SeenFiles {
  readonly namesByFile: HookFilesOptions['namesByFile'];
  /** Returns what stands in for all that a file exports, unless that is `fixed`. */
  readonly onLoaded: (path: string, exports: Exports, of?: 'fixed') => Exports;
}

/** Whether a path ends as one of the files does. */
function isOneOf(files: readonly string[], path: string): boolean {
  const found = withSlashes(path);
  return files.some((file) => found.endsWith(file));
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
    if (!isOneOf(this.#files, path)) return false;
    this.lastFound = path;
    return true;
  }
}

function hookRequire({ namesByFile, onLoaded }: SeenFiles): void {
  const files = [...namesByFile.keys()];
  const byEnd = new FilesByEnd(files);
  new Hook(byEnd, { internals: true }, <T>(exports: T) =>
    isObject(exports) ? (onLoaded(byEnd.lastFound, exports) as T) : exports,
  );
}

/** Sees the exports of CommonJS files that ES modules import, which Node 20 loads without any `require`. */
function hookLoad({ namesByFile, onLoaded }: SeenFiles): void {
  const files = [...namesByFile.keys()];
  const module = nodeModule as unknown as { _load: Method };
  const load = module._load;
  if (typeof load !== 'function') return;
  module._load = standIn(function (this: unknown, ...args: unknown[]): unknown {
    const exports = load.apply(this, args);
    const [file, parent] = args;
    // With a parent it is a `require`.
    const isImported = parent === undefined && typeof file === 'string' && isOneOf(files, file);
    // Node has noted by now what the module exports, where nobody else comes to.
    if (isImported && isObject(exports)) onLoaded(withSlashes(file), exports, 'fixed');
    return exports;
  }, load);
}

function isObject(exports: unknown): exports is Exports {
  return (typeof exports === 'object' || typeof exports === 'function') && exports !== null;
}

/** What else looks at how modules are loaded does so in a thread of its own, where they are read then. */
const OTHER_LOADER = /(?:^|\s)--(?:import|loader|experimental-loader)\b/;

/**
 * Whether the sources of ES modules are read in this thread by `fs/promises`: that is so in Node 20, unless something else looks at how they are
 * loaded.
 */
function canHookSources(options: {
  readonly nodeVersion: string;
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
}): boolean {
  const { nodeVersion, execArgv, nodeOptions = '' } = options;
  return nodeVersion.startsWith('20.') && !OTHER_LOADER.test(`${execArgv.join(' ')} ${nodeOptions}`);
}

function soughtFiles({ namesByFile }: SeenFiles): SoughtFiles {
  return [...namesByFile].map(([end, names]) => [end, [...names]]);
}

/** What was exported without a name is called `default`, and not as it is known by in its module now. */
function callDefault(exports: Exports, name: string): void {
  const { default: exported } = exports;
  const own = typeof exported === 'function' ? Object.getOwnPropertyDescriptor(exported, 'name') : undefined;
  // It may be frozen, and this is in the middle of the application's start.
  if (own?.value === name)
    Reflect.defineProperty(exported as object, 'name', { value: 'default', configurable: true });
}

/** Hears what ES modules tell of their exports at their ends; see `tellExports`. */
function hearSources({ onLoaded }: SeenFiles): void {
  // Where nobody sees it who looks at what is global.
  Object.defineProperty(globalThis, Symbol.for(TELL), {
    value: (url: unknown, exports: Exports, nameOfDefault?: string) => {
      if (nameOfDefault !== undefined) callDefault(exports, nameOfDefault);
      // Where another loader has made something else of the module, it has no URL.
      if (typeof url === 'string' && url.startsWith('file:')) onLoaded(pathOfUrl(url), exports);
    },
  });
}

/**
 * Sees ES modules by what they tell themselves, and CommonJS that ES modules import by another module before it; only what is sought. False
 * where this Node does not let that be.
 */
function hookUrls(options: SeenFiles): boolean {
  const { namesByFile, onLoaded } = options;
  const files = [...namesByFile.keys()];
  addHook((url, exports) => {
    if (!url.startsWith('file:')) return;
    const path = pathOfUrl(url);
    if (isOneOf(files, path)) onLoaded(path, exports);
  });
  return seekImports({ files: soughtFiles(options) });
}

/** Calls `first` before the application registers hooks for how modules are loaded, so that all go on from there in their thread. */
function beforeOthersRegister(first: () => void): void {
  const module = nodeModule as unknown as { register: Method };
  const { register } = module;
  const put = (method: Method): void => {
    module.register = method;
    syncBuiltinESMExports();
  };
  const calledFirst = function (this: unknown, ...args: unknown[]): unknown {
    put(register);
    first();
    return register.apply(this, args);
  };
  put(standIn(calledFirst, register));
}

function hookImport(options: SeenFiles): boolean {
  hearSources(options);
  // Where something else is to be seen by way of Node's thread for hooks, sources are read there.
  if (areImportsSought() || !canHookSources(readProcess())) return hookUrls(options);
  beforeOthersRegister(() => {
    hookUrls(options);
    startSeeingImports();
  });
  // It brings a parser of modules along.
  const require = createRequire(import.meta.url);
  const { hookSources } = require('./hook-sources.js') as typeof import('./hook-sources.js');
  hookSources(soughtFiles(options));
  hookLoad(options);
  return true;
}

/**
 * Sees the exports of files as the application loads them, by `import`, once `startSeeingImports` is called, or `require`. False where those that
 * are loaded by `import` cannot be seen, see {@link seekImports}.
 */
export function hookFiles({ namesByFile, onLoaded }: HookFilesOptions): boolean {
  const seen = new WeakMap<Exports, Exports>();
  const options: SeenFiles = {
    namesByFile,
    onLoaded: (path, exports, of) => {
      const known = seen.get(exports);
      if (known) return known;
      const named = new NamedExports(exports, of);
      onLoaded(path, named);
      const now = named.now();
      // A `require` that comes later may replace what an `import` could not.
      if (of !== 'fixed') seen.set(exports, now).set(now, now);
      return now;
    },
  };
  hookRequire(options);
  return hookImport(options);
}
