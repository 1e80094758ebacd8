import { init, parse } from 'es-module-lexer';

/** By this a module says that it has been run, and what it exports; see `tellExports`. */
export const TELL = 'grants-otel.module-run';

interface LocalExport {
  readonly name: string;
  /** What it is called in the module. */
  readonly local: string;
}

function localExports(source: string, names: ReadonlySet<string>): LocalExport[] {
  return parse(source)[1].flatMap((found) =>
    found.type === 'direct' && found.localName !== undefined && names.has(found.name)
      ? { name: found.name, local: found.localName }
      : [],
  );
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

function accessors({ name, local }: LocalExport): string {
  const key = JSON.stringify(name);
  return `get [${key}]() { return ${local}; }, set [${key}]($grantsOtel) { ${local} = $grantsOtel; }`;
}

/**
 * The source of an ES module, with a line at its end that hands its URL and those of its exports whose names are given to the function that
 * `globalThis` has by the symbol `TELL`, there to be changed in place. Undefined where it exports none of them itself. The lines before stay as
 * they are, so that stacks do. Throws where it is no ES module.
 */
export async function tellExports(source: string, names: ReadonlySet<string>): Promise<string | undefined> {
  await init;
  const exports = localExports(source, names);
  if (exports.length === 0) return undefined;
  const changeable = exports.reduce((text, { local }) => asVariable(text, local), source);
  const told = `{ __proto__: null, ${exports.map(accessors).join(', ')} }`;
  return `${changeable}\n;globalThis[Symbol.for(${JSON.stringify(TELL)})]?.(import.meta.url, ${told});\n`;
}
