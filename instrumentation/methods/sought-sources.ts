import { readFileSync } from 'node:fs';
import { parse } from 'es-module-lexer';
import type { SoughtFiles } from '../sought-imports.js';
import { pathOfUrl } from './path-of-url.js';
import { tellExports, withoutMark } from './source-exports.js';

/** What a loader's hook for `load` answers with. */
interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | ArrayBufferView | null | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function lastPartOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Tells of the URL of a module which names are sought in it. */
export function namesSoughtIn(files: SoughtFiles): (url: string) => ReadonlySet<string> {
  const lastParts = new Set(files.map(([end]) => lastPartOf(end)));
  // Nearly all of a thousand files are none that is sought, and this is in the way of the start.
  const mayBeOne = (url: string): boolean => {
    const lastPart = lastPartOf(url.replace(/[?#].*$/, ''));
    return lastParts.has(lastPart) || lastPart.includes('%');
  };
  return (url) => {
    try {
      if (!url.startsWith('file:') || !mayBeOne(url)) return NO_NAMES;
      const path = pathOfUrl(url);
      return new Set(files.flatMap(([end, names]) => (path.endsWith(end) ? names : [])));
    } catch {
      // A URL that is no file's.
      return NO_NAMES;
    }
  };
}

/** What was loaded, with the line by which it tells what it exports, where it is an ES module; see `tellExports`. */
export function withExportsTold<T extends Loaded>(loaded: T, names: ReadonlySet<string>): T {
  const { format, source } = loaded;
  // What is not known to be an ES module may be made CommonJS of.
  if (names.size === 0 || source === null || source === undefined || !format?.startsWith('module'))
    return loaded;
  try {
    const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString();
    const told = tellExports(text, names);
    return told === undefined ? loaded : { ...loaded, source: told };
  } catch {
    // What cannot be read stays as it is, and is for Node to complain of.
    return loaded;
  }
}

/** Whether another module, a facade, is put before one: those of CommonJS that are sought, which have no end of their own to tell at. */
export function getsFacade(
  url: string,
  of: {
    /** Those before which one is to be put in any case. */
    readonly include: readonly RegExp[];
    readonly namesIn: (url: string) => ReadonlySet<string>;
  },
): boolean {
  return of.include.some((pattern) => pattern.test(url)) || (of.namesIn(url).size > 0 && isCommonJs(url));
}

/** By URL: a file is asked about whenever something imports it. */
const known = new Map<string, boolean>();

function isCommonJs(url: string): boolean {
  const found = known.get(url) ?? readsAsCommonJs(pathOfUrl(url));
  known.set(url, found);
  return found;
}

/** Whether a file is no ES module, by its name or what is in it. */
function readsAsCommonJs(path: string): boolean {
  const [, kind] = /\.([cm])[jt]s$/.exec(path) ?? [];
  if (kind !== undefined) return kind === 'c';
  try {
    const [, , , isModule] = parse(withoutMark(readFileSync(path, 'utf8')));
    return !isModule;
  } catch {
    // It is for Node to complain of.
    return false;
  }
}
