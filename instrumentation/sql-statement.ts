/** A statement as a trace may show it. */
export interface SqlStatement {
  /** What it does: `SELECT`, `INSERT` … of a statement that begins with a CTE the verb behind the CTEs. */
  readonly operation: string;
  /** Its text without values and comments: every literal is a `?`. */
  readonly text: string;
}

const MOST_CACHED = 500;
/** Of one length: with values in their text they may all be as long. */
const MOST_AS_LONG = 20;
const NONE: readonly Remembered<object>[] = [];
const LONGEST_CACHED = 4096;
const LONGEST_SHOWN = 8192;

/**
 * The tokens that decide what may be shown, in the order in which they must be tried. PostgreSQL 15, "Lexical Structure": escape strings,
 * strings (`''` is a quote), dollar-quoted strings, comments, quoted identifiers, identifiers and keywords, parameters, numbers.
 */
const TOKENS =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'?|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\$\d+|(?:0[xXoObB]\w+|\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/g;

/** Where comments begin and end: they nest. */
const COMMENT_ENDS = /\/\*|\*\//g;

function endOfComment(text: string, start: number): number {
  COMMENT_ENDS.lastIndex = start;
  let depth = 0;
  for (let found = COMMENT_ENDS.exec(text); found; found = COMMENT_ENDS.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return COMMENT_ENDS.lastIndex;
  }
  return text.length;
}

const REST_OF_ESCAPE_STRING = /'(?:[^'\\]|\\[\s\S]|'')*'?/y;

/** Where a string goes on that ends at `end`: behind a line break, with nothing but space and comments to it. Undefined where it does not. */
function nextPartOfString(text: string, end: number): number | undefined {
  let isNextLine = false;
  for (let at = end; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") return isNextLine ? at : undefined;
    if (character === '-' && text.charAt(at + 1) === '-') {
      while (at + 1 < text.length && !/[\r\n]/.test(text.charAt(at + 1))) at++;
    } else if (!/\s/.test(character)) return undefined;
    isNextLine ||= character === '\n' || character === '\r';
  }
  return undefined;
}

/** An escape string goes on as one. */
function endOfEscapeString(text: string, end: number): number {
  let last = end;
  for (let next = nextPartOfString(text, last); next !== undefined; next = nextPartOfString(text, last)) {
    REST_OF_ESCAPE_STRING.lastIndex = next;
    REST_OF_ESCAPE_STRING.test(text);
    last = REST_OF_ESCAPE_STRING.lastIndex;
  }
  return last;
}

/** A string with a quote behind a backslash: where `standard_conforming_strings` is off it ends elsewhere, and nobody can tell. */
const UNCLEAR_STRING = /^(?:[bBxXnN]|[uU]&)?'[\s\S]*\\'/;
/** But for the usual way to write this, which would be a fault there. */
const ESCAPE = /\bescape\s*$/i;

/** Where a token ends that was found to end at `end`. */
function endOfToken(token: string, { text, end }: { readonly text: string; readonly end: number }): number {
  const start = end - token.length;
  if (token.startsWith('/*')) return endOfComment(text, start);
  if (/^[eE]'/.test(token)) return endOfEscapeString(text, end);
  if (!UNCLEAR_STRING.test(token)) return end;
  return token === "'\\'" && ESCAPE.test(text.slice(Math.max(0, start - 20), start)) ? end : text.length;
}

function withoutValue(token: string): string {
  if (token.startsWith('--') || token.startsWith('/*')) return ' ';
  if (/^[$]\d+$/.test(token) || /^"(?:[^"]|"")*"$/.test(token)) return token;
  if (/^[A-Za-z_\u0080-\uffff]/.test(token) && !token.includes("'")) return token;
  return '?';
}

/** The verb of a statement without literals and comments; behind the CTEs if it has any. */
function operationOf(text: string): string {
  const first = /^[\s(;]*([A-Za-z]+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  if (first !== 'WITH') return first;
  let depth = 0;
  for (const [token] of text.matchAll(/[()]|"(?:[^"]|"")*"|[A-Za-z_][\w$]*/g)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (depth === 0 && /^(select|insert|update|delete|merge|values|table)$/i.test(token))
      return token.toUpperCase();
  }
  return first;
}

function withoutValues(text: string): string {
  let shown = '';
  let last = 0;
  TOKENS.lastIndex = 0;
  for (let found = TOKENS.exec(text); found; found = TOKENS.exec(text)) {
    const [token] = found;
    shown += text.slice(last, found.index) + withoutValue(token);
    last = endOfToken(token, { text, end: TOKENS.lastIndex });
    TOKENS.lastIndex = last;
  }
  return shown + text.slice(last);
}

/** Takes values and comments out of a statement and tells what it does. */
export function readStatement(statement: string): SqlStatement {
  const shown = statement.length > LONGEST_SHOWN ? statement.slice(0, LONGEST_SHOWN) : statement;
  const text = withoutValues(shown).trim();
  return { operation: operationOf(text), text };
}

interface Remembered<T> {
  readonly statement: string;
  readonly made: T;
}

/**
 * `read` that remembers what it made of the last few hundred statements. They are found by their length: an application makes the text anew
 * for each call, and to compare it with the few that are as long costs a tenth of what a `Map` takes, which first has to go through it.
 */
export function remembered<T extends object>(read: (statement: string) => T): (statement: string) => T {
  const byLength = new Map<number, Remembered<T>[]>();
  let count = 0;
  const remember = (statement: string, made: T): void => {
    if (count >= MOST_CACHED) {
      byLength.clear();
      count = 0;
    }
    const asLong = byLength.get(statement.length) ?? [];
    if (asLong.length >= MOST_AS_LONG) asLong.shift();
    else count++;
    asLong.push({ statement, made });
    byLength.set(statement.length, asLong);
  };
  return (statement) => {
    for (const known of byLength.get(statement.length) ?? NONE) {
      if (known.statement === statement) return known.made as T;
    }
    const made = read(statement);
    if (statement.length <= LONGEST_CACHED) remember(statement, made);
    return made;
  };
}

/** `readStatement` with a memory. */
export function createSqlReader(): (statement: string) => SqlStatement {
  return remembered(readStatement);
}

/** What the span of a statement is called that does `operation`. */
export function queryName(operation: string, database: unknown): string {
  return `pg.query:${operation || 'statement'}${typeof database === 'string' && database ? ` ${database}` : ''}`;
}
