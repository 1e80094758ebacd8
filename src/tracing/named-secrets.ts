/** What ends the names of headers and options that are secret. `token` alone is none: it is what is donated. */
const nameWith = (between: string): string =>
  '[\\w.-]*?(?:authorization|cookie|credentials?|passw(?:or)?d|passphrase|mnemonic|jwt|secrets?|' +
  `(?:api|access|private|secret|signing)${between}keys?|` +
  `(?:api|access|auth|refresh|session|security|bearer|csrf|xsrf)${between}tokens?)`;
const NAME = nameWith('[-_]?');

/**
 * A name before its value in JSON, in JSON within JSON, as `util.inspect` prints it, in the arguments of a command, and in a list of headers that have a
 * name and a value each.
 */
const HEAD = new RegExp(
  `(?<![\\w.-])(\\\\{0,15}["'\`])?(${NAME})\\1\\s*(?::|=>|=(?!=)|,\\s*(\\\\{0,15}["'\`]?)value\\3\\s*:)\\s*`,
  'gi',
);

/** A name in a line of headers, before a value that is given by `=`, or where somebody tells of a key. */
const LINE_HEAD = new RegExp(
  `(?<![\\w.-])${nameWith('[-_ ]?')}(?: provided)?[ \\t]*(?::[ \\t]*|=(?![=>]))`,
  'gi',
);

/** Of what has spaces in its value, which goes on to the end of the line, or of the text that it is in. */
const IS_LONG = /(?:authorization|cookie)[ \t]*[:=][ \t]*$/i;
const LONG_VALUE = /(?:[^\r\n"'`\\]|(?<==)"[^"\r\n]*")+/y;
/** Of all else. */
const VALUE = /[^\s,;&(){}[\]"'`\\]+/y;

const MAY_BE_WORDS = /(?:authorization|cookie|mnemonic|passphrase)$/i;

const BEARER = /\b([Bb]earer|[Bb]asic)([ \t]+)([\w.~+/-]{6,}=*)/g;

const QUOTE = /(\\*)(["'`])/y;
/** Between the parts of a long text, as `util.inspect` prints it. */
const NEXT_PART = /\\*["'`]\s*\+\s*(?=\\*["'`])/y;
const BYTES = /<Buffer[^>]*>?|[A-Z]\w*\(\d+\)\s*\[[^\]]*\]?|-?\d[\w.]*/y;
const BETWEEN_ITEMS = /[\s,]*/y;

/** A code or a class of errors, an address, or a number that is no secret. */
const KNOWN_WORD =
  /^(?:E[A-Z]{3,}|[A-Z]+(?:_[A-Z0-9]+)+|[A-Z]\d{1,4}|\w*(?:Error|Expired|Exception)|0x[\da-fA-F]{40}|\d{1,4})[:,.]?$/;

/** Whether a word is made of more than the small letters that people write. */
function isMade(word: string): boolean {
  return (/\d|[A-Z]{2}|.=+$/.test(word) || word.length >= 20) && !KNOWN_WORD.test(word);
}

function hasMadeWord(text: string): boolean {
  return text.split(/[\s,;"'`[\]]+/).some((word) => isMade(word) || /.=./.test(word));
}

const SHORTEST_SECRET = 6;

function isSecret(value: string): boolean {
  return value.length >= SHORTEST_SECRET && isMade(value);
}

interface Quoted {
  /** Where the text begins, and ends, between its quotes. */
  readonly from: number;
  readonly end: number;
  /** Behind them. */
  readonly next: number;
}

/** A text in quotes. With backslashes before them, in JSON within JSON, those within have twice as many and one. */
function quotedAt(text: string, at: number): Quoted | undefined {
  QUOTE.lastIndex = at;
  const [opening, { length: backslashes } = '', quote = ''] = QUOTE.exec(text) ?? [];
  if (opening === undefined) return undefined;
  const from = at + opening.length;
  for (let mark = text.indexOf(quote, from); mark !== -1; mark = text.indexOf(quote, mark + 1)) {
    let start = mark;
    while (start > from && text[start - 1] === '\\') start--;
    if ((mark - start) % (2 * (backslashes + 1)) === backslashes)
      return { from, end: mark - backslashes, next: mark + 1 };
  }
  return { from, end: text.length, next: text.length };
}

/** What a list takes at most. */
const LONGEST_LIST = 4096;

/** Where a list ends that begins at `at`, as far as it is gone through. */
function endOfList(text: string, at: number): number {
  const last = Math.min(text.length, at + LONGEST_LIST);
  for (let next = at + 1; next < last; ) {
    BETWEEN_ITEMS.lastIndex = next;
    BETWEEN_ITEMS.test(text);
    next = BETWEEN_ITEMS.lastIndex;
    if (text[next] === ']') return next + 1;
    const item = quotedAt(text, next);
    if (item) next = item.next;
    else {
      const end = text.slice(next, last).indexOf(']');
      return end === -1 ? last : next + end + 1;
    }
  }
  return last;
}

interface Value {
  readonly from: number;
  readonly end: number;
  /** Whether it stands in quotes, which are no part of it. */
  readonly isQuoted: boolean;
}

/** The part of a text that is a value; undefined where none begins that is told as such. */
function valueAt(text: string, at: number): Value | undefined {
  const quoted = quotedAt(text, at);
  if (quoted) {
    let { end } = quoted;
    for (;;) {
      NEXT_PART.lastIndex = end;
      const next = NEXT_PART.test(text) ? quotedAt(text, NEXT_PART.lastIndex) : undefined;
      if (!next) return { from: quoted.from, end, isQuoted: true };
      end = next.end;
    }
  }
  if (text[at] === '[') return { from: at, end: endOfList(text, at), isQuoted: false };
  BYTES.lastIndex = at;
  return BYTES.test(text) ? { from: at, end: BYTES.lastIndex, isQuoted: false } : undefined;
}

/** What is said of a name is none, a list of complaints say, or the rest of a sentence. */
function isToBeLeftOut(
  shown: string,
  {
    value,
    name,
    quote,
  }: { readonly value: Value; readonly name: string; readonly quote: string | undefined },
): boolean {
  if (shown === '') return false;
  if (value.isQuoted) return !shown.includes(' ') || MAY_BE_WORDS.test(name) || hasMadeWord(shown);
  if (shown.startsWith('[')) return hasMadeWord(shown);
  return quote !== undefined || isSecret(shown);
}

function withoutQuoted(text: string): string {
  let shown = '';
  let last = 0;
  HEAD.lastIndex = 0;
  for (let head = HEAD.exec(text); head; head = HEAD.exec(text)) {
    const [, quote, name = ''] = head;
    const value = valueAt(text, HEAD.lastIndex);
    if (!value || !isToBeLeftOut(text.slice(value.from, value.end), { value, name, quote })) continue;
    // A list, or a number, becomes a text as well.
    const mark = value.isQuoted ? '' : (quote ?? "'");
    shown += `${text.slice(last, value.from)}${mark}…${mark}`;
    last = value.end;
    HEAD.lastIndex = last;
  }
  return shown + text.slice(last);
}

/** Whether what goes on for long begins as a scheme and a key do, or cookies, rather than a sentence. */
function isLongSecret(value: string): boolean {
  const [first = '', second = ''] = value.split(/\s+/, 2);
  return isMade(first) || isMade(second) || /.=./.test(`${first} ${second}`);
}

function withoutLines(text: string): string {
  let shown = '';
  let last = 0;
  LINE_HEAD.lastIndex = 0;
  for (let head = LINE_HEAD.exec(text); head; head = LINE_HEAD.exec(text)) {
    const isLong = IS_LONG.test(head[0]);
    const form = isLong ? LONG_VALUE : VALUE;
    const from = LINE_HEAD.lastIndex;
    form.lastIndex = from;
    const [value = ''] = form.exec(text) ?? [];
    if (!(isLong ? isLongSecret(value) : isSecret(value))) continue;
    shown += `${text.slice(last, from)}…`;
    last = from + value.length;
    LINE_HEAD.lastIndex = last;
  }
  return shown + text.slice(last);
}

/**
 * A text without the values of headers and options that are secret by their names, as clients of HTTP have them in the requests that their errors
 * quote: `"x-api-key":"…"`.
 */
export function withoutNamedSecrets(text: string): string {
  return withoutLines(withoutQuoted(text)).replace(
    BEARER,
    (all, scheme: string, space: string, value: string) => (isMade(value) ? `${scheme}${space}…` : all),
  );
}
