/** What ends the names of headers and options that are secret. `token` alone is none: it is what is donated. */
const NAME =
  '[\\w.-]*?(?:authorization|cookie|(?:api|access|private|secret)[-_]?key|secret|password|passwd|passphrase|' +
  '(?:access|auth|refresh|session|bearer|csrf|xsrf)[-_]?token|credentials?)';

/** A name before its value in JSON, in JSON within JSON, as `util.inspect` prints it, and in a list of names and values. */
const HEAD = new RegExp(`(?<![\\w.-])(\\\\{0,15}["'\`])?${NAME}\\1\\s*[:,]\\s*(?=[\\\\"'\`[\\d])`, 'gi');

/** A line of headers. */
const LINE =
  /(?<![\w.-])([\w-]*(?:authorization|cookie|api[-_]?key)[ \t]*:[ \t]*)(?:[A-Za-z]+[ \t]+)?[^\s"'`[\]{},]+/gi;

const BEARER = /\b(Bearer|Basic)[ \t]+[\w.~+/-]{8,}=*/gi;

const QUOTE = /(\\*)(["'`])/y;
const OTHER_VALUE = /\[[^\]]*\]?|\d[\w.]*/y;

/** Where a text ends that a quote with so many backslashes before it begins: of JSON within JSON those within have twice as many. */
function endOfText(
  text: string,
  { from, quote, backslashes }: { from: number; quote: string; backslashes: number },
) {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let start = at;
    while (start > from && text[start - 1] === '\\') start--;
    if ((at - start) % (2 * (backslashes + 1)) === backslashes) return at - backslashes;
  }
  return text.length;
}

interface Value {
  readonly from: number;
  readonly end: number;
  /** Whether it stands in quotes, which are no part of it. */
  readonly isQuoted: boolean;
}

/** The part of a text that is a value; undefined where none begins. */
function valueAt(text: string, at: number): Value | undefined {
  QUOTE.lastIndex = at;
  const [opening, { length: backslashes } = '', quote = ''] = QUOTE.exec(text) ?? [];
  if (opening !== undefined) {
    const from = at + opening.length;
    return { from, end: endOfText(text, { from, quote, backslashes }), isQuoted: true };
  }
  OTHER_VALUE.lastIndex = at;
  return OTHER_VALUE.test(text) ? { from: at, end: OTHER_VALUE.lastIndex, isQuoted: false } : undefined;
}

function withoutQuoted(text: string): string {
  let shown = '';
  let last = 0;
  HEAD.lastIndex = 0;
  for (let head = HEAD.exec(text); head; head = HEAD.exec(text)) {
    const value = valueAt(text, HEAD.lastIndex);
    if (!value || value.end === value.from) continue;
    // A list, or a number, becomes a text as well.
    const quote = value.isQuoted ? '' : (head[1] ?? '');
    shown += `${text.slice(last, value.from)}${quote}…${quote}`;
    last = value.end;
    HEAD.lastIndex = last;
  }
  return shown + text.slice(last);
}

/**
 * A text without the values of headers and options that are secret by their names, as clients of HTTP have them in the requests that their errors
 * quote: `"x-api-key":"…"`.
 */
export function withoutNamedSecrets(text: string): string {
  return withoutQuoted(text).replace(LINE, '$1…').replace(BEARER, '$1 …');
}
