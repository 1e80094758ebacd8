import { type DirectExport, type Export, parse, type Reexport, type ReexportAll } from 'es-module-lexer';
import { TELL } from './module-run.js';

/** What an export without a name is called in its module: so long that an expression stays where it is, see `nameDefault`. */
const DEFAULT_LOCAL = '$default';

/** How one export is read, and set, at the end of its module; what has to be put there for that. */
interface Told {
  readonly name: string;
  readonly get: string;
  /** The variable that is set; undefined where that is another module's. */
  readonly local?: string | undefined;
  /** Statements. */
  readonly before?: string;
}

/** Lets a constant be replaced, and others of its name with it; every column of the source stays where it is. */
function asVariable(source: string, local: string): string {
  const name = local.replace(/[$]/g, '\\$&');
  const declaration = new RegExp(
    `((?:^|[;}\\n])[ \\t]*(?:export[ \\t]+)?)const(?=[ \\t]+${name}(?![\\w$]))`,
    'g',
  );
  return source.replace(declaration, '$1let  ');
}

const SPACE_AND_COMMENTS = /(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*/y;
/** Declarations that may go without a name. */
const DECLARATION = /(?:async[ \t]+function[ \t]*\*?|function[ \t]*\*?|(?:abstract[ \t]+)?class)(?![\w$])/y;

/**
 * Gives what is exported by `export default` a name, where it has none: a declaration after its keyword, which stays what it is, an expression in the
 * place of `export default`, which is as long. Undefined where that cannot be.
 */
function nameDefault(
  source: string,
  { exportStart, end }: DirectExport,
): { readonly source: string; readonly isDeclaration: boolean } | undefined {
  if (source.includes(DEFAULT_LOCAL)) return undefined;
  SPACE_AND_COMMENTS.lastIndex = end;
  SPACE_AND_COMMENTS.test(source);
  DECLARATION.lastIndex = SPACE_AND_COMMENTS.lastIndex;
  const at = DECLARATION.test(source) ? DECLARATION.lastIndex : undefined;
  if (at !== undefined)
    return { source: `${source.slice(0, at)} ${DEFAULT_LOCAL}${source.slice(at)}`, isDeclaration: true };
  const statement = source.slice(exportStart, end);
  if (!/^export[ \t]+default$/.test(statement)) return undefined;
  const variable = `let ${DEFAULT_LOCAL} =`.padEnd(statement.length);
  return { source: source.slice(0, exportStart) + variable + source.slice(end), isDeclaration: false };
}

/** An import of its own, of what another module exports and this one passes on. */
function imported(name: string, { importName, from }: Reexport, as: string): Told | undefined {
  if (importName === null) return undefined;
  const of = /^[\w$]+$/.test(importName) ? importName : JSON.stringify(importName);
  return { name, get: as, before: `import { ${of} as ${as} } from ${JSON.stringify(from)};` };
}

/** What is passed on of some modules as a whole. */
function importedFromAny(name: string, stars: readonly ReexportAll[]): Told | undefined {
  if (name === 'default' || stars.length === 0) return undefined;
  const namespaces = stars.map((_, at) => `$grantsOtelAll${at}`);
  const key = JSON.stringify(name);
  return {
    name,
    get: `[${namespaces.join(', ')}].find((all) => ${key} in all)?.[${key}]`,
  };
}

function importsOfAll(stars: readonly ReexportAll[]): string {
  return stars
    .map(({ from }, at) => `import * as $grantsOtelAll${at} from ${JSON.stringify(from)};`)
    .join('');
}

function accessors({ name, get, local }: Told): string {
  const key = JSON.stringify(name);
  const set = local === undefined ? '' : `, set [${key}]($grantsOtel) { ${local} = $grantsOtel; }`;
  return `get [${key}]() { return ${get}; }${set}`;
}

/** What has no name is called `default`. */
const NAME_OF_DEFAULT = `if (typeof ${DEFAULT_LOCAL} === "function" && Object.getOwnPropertyDescriptor(${DEFAULT_LOCAL}, "name")?.value === "${DEFAULT_LOCAL}") Object.defineProperty(${DEFAULT_LOCAL}, "name", { value: "default", configurable: true });`;

/** A module's source, with its exports of some names. */
class SourceOfModule {
  readonly told: Told[] = [];
  text: string;
  readonly #exports: readonly Export[];
  readonly #stars: ReexportAll[];

  constructor(source: string, exports: readonly Export[]) {
    this.text = source;
    this.#exports = exports;
    this.#stars = exports.filter((one) => one.type === 'reexport-all').filter(({ typeOnly }) => !typeOnly);
  }

  tell(name: string): void {
    const found = this.#exports.find(
      (one) => one.type !== 'reexport-all' && one.name === name && !one.typeOnly,
    );
    const told =
      found?.type === 'direct'
        ? this.#own(name, found)
        : found?.type === 'reexport'
          ? imported(name, found, `$grantsOtel${this.told.length}`)
          : importedFromAny(name, this.#stars);
    if (told) this.told.push(told);
  }

  #own(name: string, found: DirectExport): Told | undefined {
    const { localName } = found;
    // Of a class without a name that extends another one, the lexer takes the keyword for one.
    if (localName !== undefined && localName !== 'extends') {
      this.text = asVariable(this.text, localName);
      return { name, get: localName, local: localName };
    }
    const named = nameDefault(this.text, found);
    if (!named) return undefined;
    this.text = named.source;
    const exported = named.isDeclaration ? '' : `export { ${DEFAULT_LOCAL} as default };`;
    return { name, get: DEFAULT_LOCAL, local: DEFAULT_LOCAL, before: exported + NAME_OF_DEFAULT };
  }

  /** With a line at its end. */
  get withLine(): string {
    const usesAll = this.told.some(({ get }) => get.includes('$grantsOtelAll'));
    const before =
      this.told.map((told) => told.before ?? '').join('') + (usesAll ? importsOfAll(this.#stars) : '');
    const exports = ['__proto__: null', ...this.told.map(accessors)].join(', ');
    return `${this.text}\n;${before}globalThis[Symbol.for(${JSON.stringify(TELL)})]?.(import.meta.url, { ${exports} });\n`;
  }
}

/**
 * The source of an ES module, with a line at its end that hands its URL and those of its exports whose names are given to the function that
 * `globalThis` has by the symbol `TELL`, there to be changed in place; what it passes on of another module can be read only. Undefined of what is no ES
 * module. The lines before stay as they are, so that stacks do; but for what is exported as a class or a function without a name, and named. Throws
 * where it cannot be parsed.
 */
export function tellExports(source: string, names: ReadonlySet<string>): string | undefined {
  const [, exports, , isModule] = parse(source);
  if (!isModule) return undefined;
  const module = new SourceOfModule(source, exports);
  // The only one that moves what comes after it: positions of others are not needed.
  for (const name of names) module.tell(name);
  return module.withLine;
}
