import promises from 'node:fs/promises';
import type { SoughtFiles } from '../sought-imports.js';
import type { Method } from '../wrap-method.js';
import { namesSoughtIn, withExportsTold } from './sought-sources.js';
import { standIn } from './stand-in.js';

/**
 * Sees what some ES modules export by a line at the end of their sources, where this thread reads them. The other way that Node 20 has, its thread
 * for hooks, makes the start of an application with a thousand modules a second longer, however few of them are looked at.
 */
export function hookSources(files: SoughtFiles): void {
  const namesIn = namesSoughtIn(files);
  const holder = promises as unknown as { readFile: Method };
  const { readFile } = holder;
  holder.readFile = standIn(function (this: unknown, ...args: unknown[]): unknown {
    const read = readFile.apply(this, args);
    // As the loader asks: with nothing but the URL.
    const [url] = args;
    const names = args.length === 1 && url instanceof URL ? namesIn(url.href) : undefined;
    if (!names || names.size === 0) return read;
    // What is no ES module is left as it is.
    return (read as Promise<Buffer>).then((source) =>
      toBuffer(withExportsTold({ format: 'module', source }, names).source),
    );
  }, readFile);
}

function toBuffer(source: string | Buffer): Buffer {
  return typeof source === 'string' ? Buffer.from(source) : source;
}
