import { type DirectExport, type Import, parse, type Reexport, type ReexportAll } from 'es-module-lexer';
import { TELL } from './module-run.js';
import { nameDefault } from './name-default.js';

/** How one export is read, and set, at the end of its module. */
interface Told {
  readonly name: string;
  readonly get: string;
  /** The variable that is set; undefined where that is another module's. */
  readonly local?: string | undefined;
  /** Statements that come before. */
  readonly before: string;
  /** Whether it is known by that variable here only. */
  readonly isNew?: boolean;
}

/** Lets a constant that is exported be replaced; every column of the source stays where it is. */
function asVariable(source: string, { exportStart, localName = '' }: DirectExport): string {
  const ofExport = /^export[ \t]+const\b/.exec(source.slice(exportStart));
  if (ofExport) {
    const end = exportStart + ofExport[0].length;
    return `${source.slice(0, end - 'const'.length)}let  ${source.slice(end)}`;
  }
  if (!/^export\s*\{/.test(source.slice(exportStart))) return source;
  const name = localName.replace(/[$]/g, '\\$&');
  if (new RegExp(`\\b(?:function[\\s*]+|(?:class|let|var)\\s+)${name}(?![\\w$])`).test(source)) return source;
  const declaration = new RegExp(`((?:^|[;}\\n])[ \\t]*)const(?=[ \\t]+${name}(?![\\w$]))`, 'g');
  // One of several may be another one, or a text.
  return source.match(declaration)?.length === 1 ? source.replace(declaration, '$1let  ') : source;
}

/** What a module exports itself; its source may be another one then. */
function own(
  source: string,
  found: DirectExport,
): { readonly source: string; readonly told?: Omit<Told, 'name'> } {
  const { exportStart, end, localName } = found;
  if (!/^export\s+default\b/.test(source.slice(exportStart, end))) {
    if (localName === undefined) return { source };
    return { source: asVariable(source, found), told: { get: localName, local: localName, before: '' } };
  }
  const named = nameDefault(source, { start: exportStart, end });
  if (!named) return { source };
  const { local, isNew, isDeclaration } = named;
  const before = isDeclaration ? '' : `export { ${local} as default };`;
  return { source: named.source, told: { get: local, local, before, isNew } };
}

/** An import of its own, `as` something, of what another module exports and this one passes on. */
function passedOn({ importName, from }: Reexport, as: string): Omit<Told, 'name'> | undefined {
  if (importName === null) return undefined;
  const of = /^[\w$]+$/.test(importName) ? importName : JSON.stringify(importName);
  return { get: as, before: `import { ${of} as ${as} } from ${JSON.stringify(from)};` };
}

/** The same of what is passed on of some modules as a whole; undefined, when it is read, of what several export. */
function passedOnByAny(
  name: string,
  stars: readonly ReexportAll[],
  as: string,
): Omit<Told, 'name'> | undefined {
  if (name === 'default' || stars.length === 0) return undefined;
  const key = JSON.stringify(name);
  const imports = stars.map(({ from }, at) => `import * as ${as}${at} from ${JSON.stringify(from)};`);
  const all = stars.map((_, at) => `${as}${at}`).join(', ');
  const get = `(([one, ...others]) => others.every((other) => other[${key}] === one[${key}]) ? one?.[${key}] : undefined)([${all}].filter((one) => ${key} in one))`;
  return { get, before: imports.join('') };
}

function accessors({ name, get, local }: Told): string {
  const key = JSON.stringify(name);
  const set = local === undefined ? '' : `, set [${key}]($grantsOtel) { ${local} = $grantsOtel; }`;
  return `get [${key}]() { return ${get}; }${set}`;
}

/** To import once more what is imported with attributes would take those, and what is no module has no functions. */
function hasAttributes({ importIndex }: Reexport | ReexportAll, imports: readonly Import[]): boolean {
  const { attributes } = imports[importIndex] as { attributes?: readonly unknown[] | null };
  return (attributes?.length ?? 0) > 0;
}

/** Without its byte order mark, which the parser does not take; a blank is as long. */
export function withoutMark(source: string): string {
  return source.startsWith('\uFEFF') ? ` ${source.slice(1)}` : source;
}

/**
 * The source of an ES module, with a line at its end that hands its URL and those of its exports whose names are given to the function that
 * `globalThis` has by the symbol `TELL`, there to be changed in place; what it passes on of another module can be read only. Undefined of what is no ES
 * module. Constants among these exports become variables, and a default gets a name; all that is before the line stays where it is, so that stacks do,
 * but for what is behind the keyword of a default class or function without a name. Throws where it cannot be parsed.
 */
export function tellExports(source: string, names: ReadonlySet<string>): string | undefined {
  let text = withoutMark(source);
  const [imports, found, , isModule] = parse(text);
  if (!isModule) return undefined;
  const exports = found.filter(({ typeOnly }) => !typeOnly);
  const stars = exports
    .filter((one) => one.type === 'reexport-all')
    .filter((one) => !hasAttributes(one, imports));
  const told: Told[] = [];
  // The default comes last: it alone moves what is behind it.
  for (const name of [...names].sort((a, b) => Number(a === 'default') - Number(b === 'default'))) {
    const as = `$grantsOtel${told.length}`;
    const one = exports.find((other) => other.type !== 'reexport-all' && other.name === name);
    let how: Omit<Told, 'name'> | undefined;
    if (one?.type === 'direct') ({ source: text, told: how } = own(text, one));
    else if (one?.type === 'reexport') how = hasAttributes(one, imports) ? undefined : passedOn(one, as);
    else how = passedOnByAny(name, stars, `${as}_`);
    if (how) told.push({ name, ...how });
  }
  const statements = told.map(({ before }) => before).join('');
  const exported = ['__proto__: null', ...told.map(accessors)].join(', ');
  const given = told.find(({ isNew }) => isNew)?.local;
  const more = given === undefined ? '' : `, ${JSON.stringify(given)}`;
  const tell = `globalThis[globalThis.Symbol.for(${JSON.stringify(TELL)})]?.(import.meta.url, { ${exported} }${more});`;
  // Some loaders check types.
  return `${text}\n// @ts-ignore\n;${statements}${tell}\n`;
}
