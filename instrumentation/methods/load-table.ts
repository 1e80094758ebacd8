import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ATTRIBUTES } from '../../src/tracing/attributes.js';
import { kindOf } from '../../src/tracing/expect-function.js';
import type { MethodRow, MethodTable } from '../../src/tracing/method-table.js';

/** A table as it was read, or one line that says what is wrong with it. */
export type LoadedTable =
  | {
      readonly table: MethodTable;
      /** What is not heeded in it, a line each. */
      readonly remarks: readonly string[];
    }
  | { readonly problem: string };

/** Of so many rows it is said what is wrong with them. */
const MOST_FAULTS = 5;
const LONGEST_SHOWN = 80;

const KINDS: readonly unknown[] = [undefined, 'step', 'event', 'next', 'batch'];
const TEXTS = ['method', 'field'] as const;
const SWITCHES = ['once', 'isRoot', 'isLeaf'];
const FUNCTIONS = ['before', 'after', 'event', 'events'] as const;

const PLACE = ['as', 'file', 'export', 'method', 'field'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  step: [...PLACE, 'name', 'before', 'after', 'once', 'isRoot', 'isLeaf', 'columns'],
  event: [...PLACE, 'event', 'attempt'],
  next: [...PLACE, 'event'],
  batch: [...PLACE, 'name', 'before', 'events'],
};

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A value of a table, for who wrote it. */
function shown(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value);
  return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
}

/** What is wrong with a row, or undefined. */
function faultOf(row: unknown): string | undefined {
  if (!isObject(row)) return 'it is no object';
  const { as, file, export: exported, name, ...rest } = row;
  if (!isText(file) || !/^\/.*[^/]$/.test(file))
    return `expected file to be the end of a path that begins with /, found ${shown(file)}`;
  if (!isText(exported))
    return `expected export to be the name of an exported class or function, found ${shown(exported)}`;
  if (!KINDS.includes(as)) return `expected as to be step, event, next or batch, found ${shown(as)}`;
  for (const key of TEXTS)
    if (rest[key] !== undefined && !isText(rest[key]))
      return `expected ${key} to be a name, found ${shown(rest[key])}`;
  for (const key of FUNCTIONS) {
    if (rest[key] !== undefined && typeof rest[key] !== 'function')
      return `expected ${key} to be a function, found ${shown(rest[key])}`;
  }
  const { attempt, columns } = rest;
  if (attempt !== undefined && !(Number.isInteger(attempt) && (attempt as number) >= 0))
    return 'expected attempt to be the place of an argument, from 0 on';
  if (columns !== undefined && !(isObject(columns) && Object.values(columns).every(isText)))
    return 'expected columns to be an object of names of attributes';
  if (as === 'next' && rest['event'] === undefined) return 'expected event to be a function';
  if (as === 'event' || as === 'next' || isText(name)) return undefined;
  if (as === 'batch') return 'expected name to be a text';
  return typeof name === 'function' ? undefined : 'expected name to be a text, or a function of the call';
}

/** Whether it is an attribute that is not found out of a trace. */
function isGiven(name: string): boolean {
  return Object.hasOwn(ATTRIBUTES, name) && !('isFoundOut' in ATTRIBUTES[name as keyof typeof ATTRIBUTES]);
}

/** What a row has that rows of its kind have not, and what it names that is no attribute. */
function remarksOn(row: MethodRow): string[] {
  const kind = row.as ?? 'step';
  const known = FIELDS[kind] ?? [];
  const unknown = Object.keys(row).filter((key) => !known.includes(key));
  const columns = 'columns' in row ? Object.values(row.columns ?? {}) : [];
  const noAttributes = columns.map(String).filter((name) => !isGiven(name));
  const noSwitches = SWITCHES.filter((key) => {
    const value: unknown = (row as unknown as Record<string, unknown>)[key];
    return value !== undefined && typeof value !== 'boolean';
  });
  return [
    noSwitches.length > 0 ? `expected ${noSwitches.join(', ')} to be true or false` : [],
    unknown.length > 0
      ? `${unknown.join(', ')} not heeded: a row of the kind ${kind} has ${known.slice(1).join(', ')}`
      : [],
    noAttributes.length > 0
      ? `columns tells what is no attribute of ours: ${noAttributes.join(', ')}; expected { column: 'attribute' }`
      : [],
  ].flat();
}

/** The first of them, and how many more there are: a line is read by people. */
function summarized(faults: readonly string[]): string {
  const more = faults.length - MOST_FAULTS;
  return [...faults.slice(0, MOST_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Checks what a module exports as a table: the default export, an array of rows. */
function checkTable(exported: unknown): LoadedTable {
  if (!Array.isArray(exported))
    return { problem: `expected its default export to be an array of rows, found ${shown(exported)}` };
  // Holes are rows, too.
  const faults = Array.from(exported).flatMap((row: unknown, index) => {
    const fault = faultOf(row);
    return fault ? `row ${index + 1}: ${fault}` : [];
  });
  if (faults.length > 0) return { problem: summarized(faults) };
  const table = exported as MethodRow[];
  const remarks = table.flatMap((row, index) =>
    remarksOn(row).map((remark) => `row ${index + 1}: ${remark}`),
  );
  return { table, remarks };
}

/** Where in the table's module an error comes from, in brackets; of the syntax of an ES module Node does not tell where. */
function whereIn(file: string, error: unknown): string {
  const { stack } = (error ?? {}) as { stack?: unknown };
  const frames = String(stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const ofTable = [file, realPathOf(file)].flatMap((path) => [path, pathToFileURL(path).href]);
  const frame = frames.find((line) =>
    ofTable.some((name) => line.includes(` ${name}:`) || line.includes(`(${name}:`)),
  );
  const place = frame && /:(\d+:\d+)\)?$/.exec(frame)?.[1];
  if (place !== undefined) return ` (${basename(file)}:${place})`;
  return error instanceof SyntaxError ? ' (node --check shows where)' : '';
}

/** Node tells of a file by that. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/**
 * Loads a table of the user's own, a module without a top-level await, by its path from the working directory. Never throws: what is wrong is
 * a problem, and then none of its rows counts.
 */
export function loadTable(path: string): LoadedTable {
  let file = path;
  try {
    file = resolve(path);
    // biome-ignore lint/plugin: the user's module, which no wall knows of, and which must be there before the application begins
    const loaded: unknown = createRequire(file)(file);
    const { default: exported } = (loaded ?? {}) as { default?: unknown };
    return checkTable(exported ?? loaded);
  } catch (error) {
    const problem = String((error as { message?: unknown } | null)?.message ?? error).split('\n')[0] ?? '';
    return { problem: `${problem}${whereIn(file, error)}` };
  }
}
