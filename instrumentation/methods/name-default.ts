/** A default export that can be read, and set, by a name in its module. */
export interface NamedDefault {
  readonly source: string;
  readonly local: string;
  /** Whether it was given the name here. */
  readonly isNew: boolean;
  /** Whether it is a declaration, which exports itself still. */
  readonly isDeclaration: boolean;
}

const SPACE_AND_COMMENTS = /(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*\n)*/y;
/** Declarations that may go without a name. */
const DECLARATION = /(?:async[ \t]+function|function|(?:abstract[ \t]+)?class)(?![\p{ID_Continue}$])/uy;
const NAME = /(?!(?:extends|implements)(?![\w$]))[\p{ID_Start}$_][\p{ID_Continue}$]*/uy;

/** Where a pattern that is sticky ends, from `at` on; undefined where it is not there. */
function endOf(pattern: RegExp, source: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : undefined;
}

/** A name of eight letters that the source has not: with it `let … =` is as long as `export default`. */
function freeName(source: string): string | undefined {
  return ['$default', ...Array.from({ length: 10 }, (_, at) => `$defaul${at}`)].find(
    (name) => !source.includes(name),
  );
}

/**
 * Finds the name of what is exported by `export default`, or gives it one: a declaration after its keyword, which stays what it is, an expression in
 * the place of `export default`. `start` and `end` are where these words begin and end. Undefined where that cannot be.
 */
export function nameDefault(
  source: string,
  { start, end }: { readonly start: number; readonly end: number },
): NamedDefault | undefined {
  const of = endOf(SPACE_AND_COMMENTS, source, end) ?? end;
  // A decorator is of a declaration, and some that compile it know it there only.
  if (source.charAt(of) === '@') return undefined;
  const keywordEnd = endOf(DECLARATION, source, of);
  if (keywordEnd !== undefined) {
    const at = endOf(SPACE_AND_COMMENTS, source, keywordEnd) ?? keywordEnd;
    // A generator, which is not wrapped.
    if (source.charAt(at) === '*') return undefined;
    const nameEnd = endOf(NAME, source, at);
    if (nameEnd !== undefined)
      return { source, local: source.slice(at, nameEnd), isNew: false, isDeclaration: true };
  }
  const local = freeName(source);
  if (local === undefined) return undefined;
  if (keywordEnd !== undefined) {
    const named = `${source.slice(0, keywordEnd)} ${local}${source.slice(keywordEnd)}`;
    return { source: named, local, isNew: true, isDeclaration: true };
  }
  const statement = source.slice(start, end);
  if (!/^export[ \t]+default$/.test(statement)) return undefined;
  const variable = `let ${local} =`.padEnd(statement.length);
  const assigned = source.slice(0, start) + variable + source.slice(end);
  return { source: assigned, local, isNew: true, isDeclaration: false };
}
