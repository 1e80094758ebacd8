import promises from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Method } from '../wrap-method.js';
import type { Exports } from './patch-exports.js';
import { TELL, tellExports } from './source-exports.js';
import { standIn } from './stand-in.js';

export interface HookSourcesOptions {
  /** The names that are sought in a file, by the end of its path from a `/` on. */
  readonly namesByFile: ReadonlyMap<string, ReadonlySet<string>>;
  readonly onLoaded: (path: string, exports: Exports) => void;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function lastPartOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function mayBeOneOf(lastParts: ReadonlySet<string>, { pathname }: URL): boolean {
  const lastPart = lastPartOf(pathname);
  return lastParts.has(lastPart) || lastPart.includes('%');
}

/**
 * Sees what some ES modules export by a line at the end of their sources. The other way that Node 20 has, its thread for hooks, makes the
 * start of an application with a thousand modules a second longer, however few of them are looked at.
 */
export function hookSources({ namesByFile, onLoaded }: HookSourcesOptions): void {
  const pathOf = (url: string): string => fileURLToPath(url.replace(/[?#].*$/, '')).replaceAll('\\', '/');
  const lastParts = new Set([...namesByFile.keys()].map(lastPartOf));
  const namesIn = (file: unknown): ReadonlySet<string> => {
    try {
      // Nearly all of a thousand files are none that is sought, and this is in the way of the start.
      if (!(file instanceof URL) || !mayBeOneOf(lastParts, file)) return NO_NAMES;
      const path = file.protocol === 'file:' ? pathOf(file.href) : '';
      return new Set([...namesByFile].flatMap(([end, names]) => (path.endsWith(end) ? [...names] : [])));
    } catch {
      // A URL that is no file's.
      return NO_NAMES;
    }
  };
  const holder = promises as unknown as { readFile: Method };
  const { readFile } = holder;
  holder.readFile = standIn(function (this: unknown, ...args: unknown[]): unknown {
    const read = readFile.apply(this, args);
    // As the loader asks: with nothing but the URL.
    const names = args.length === 1 ? namesIn(args[0]) : undefined;
    return names && names.size > 0 ? (read as Promise<Buffer>).then((source) => told(source, names)) : read;
  }, readFile);
  // Where nobody sees it who looks at what is global.
  Object.defineProperty(globalThis, Symbol.for(TELL), {
    value: (url: string, exports: Exports) => onLoaded(pathOf(url), exports),
  });
}

async function told(source: Buffer, names: ReadonlySet<string>): Promise<Buffer> {
  try {
    const text = await tellExports(source.toString(), names);
    return text === undefined ? source : Buffer.from(text);
  } catch {
    // What cannot be read stays as it is, and is for Node to complain of.
    return source;
  }
}
