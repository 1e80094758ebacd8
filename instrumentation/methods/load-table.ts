import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { MethodRow, MethodTable } from '../../src/tracing/method-table.js';

/** A table as it was read, or one line that says what is wrong with it. */
export type LoadedTable = { readonly table: MethodTable } | { readonly problem: string };

const KINDS: readonly unknown[] = [undefined, 'step', 'event', 'next', 'batch'];
const TEXTS = ['method', 'field'] as const;
const FUNCTIONS = ['before', 'after', 'event', 'events'] as const;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What is wrong with a row, or undefined. */
function faultOf(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return 'it is no object';
  const { as, file, export: exported, name, ...rest } = row as Record<string, unknown>;
  if (!isText(file) || !/^\/.*[^/]$/.test(file))
    return 'expected file to be the end of a path that begins with /';
  if (!isText(exported)) return 'expected export to be the name of an exported class or function';
  if (!KINDS.includes(as)) return 'expected as to be step, event, next or batch';
  for (const key of TEXTS)
    if (rest[key] !== undefined && !isText(rest[key])) return `expected ${key} to be a name`;
  for (const key of FUNCTIONS) {
    if (rest[key] !== undefined && typeof rest[key] !== 'function') return `expected ${key} to be a function`;
  }
  if (as === 'next' && rest['event'] === undefined) return 'expected event to be a function';
  const isNamed =
    as === 'event' || as === 'next' || isText(name) || (as !== 'batch' && typeof name === 'function');
  return isNamed ? undefined : 'expected name to be a text';
}

/** Checks what a module exports as a table: the default export, an array of rows. */
function checkTable(exported: unknown): LoadedTable {
  if (!Array.isArray(exported)) return { problem: 'expected its default export to be an array of rows' };
  for (const [index, row] of exported.entries()) {
    const fault = faultOf(row);
    if (fault) return { problem: `row ${index + 1}: ${fault}` };
  }
  return { table: exported as MethodRow[] };
}

/**
 * Loads a table of the user's own, a module without a top-level await, by its path from the working directory. Never throws: what is wrong is
 * a problem, and then none of its rows counts.
 */
export function loadTable(path: string): LoadedTable {
  try {
    const file = resolve(path);
    // biome-ignore lint/plugin: the user's module, which no wall knows of, and which must be there before the application begins
    const loaded: unknown = createRequire(file)(file);
    const { default: exported } = (loaded ?? {}) as { default?: unknown };
    return checkTable(exported ?? loaded);
  } catch (error) {
    return {
      problem: String((error as { message?: unknown } | null)?.message ?? error).split('\n')[0] ?? '',
    };
  }
}
