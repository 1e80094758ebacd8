/** A URL, also one within JSON, whose slashes and quotes may have backslashes before them. What stands before it need not be a space. */
const URL_IN_TEXT = /(?<![a-z])([a-z][a-z0-9+.-]{0,14}:(?:\\?\/){2})([^\s"`]+)/gi;

/** What a provider's key is made of; those that are known are longer than what people call things. */
const MAYBE_KEY = /[\w-]{20,}={0,2}/g;
/** A version, a year: more digits than these are in no words. */
const MOST_DIGITS_OF_WORDS = 4;
const CID = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|[bk][a-z0-9]{50,})$/;
const MARKS = new Set(`)]}>.,;:!'*\\`);

/** What is found by hash or by number is no secret. A key is one long run of letters and digits, or has capitals in the middle of it. */
function isKey(run: string): boolean {
  if (/^0x/i.test(run) || CID.test(run) || /^\d+$/.test(run)) return false;
  const digits = run.match(/\d/g)?.length ?? 0;
  const isMixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && digits > 0;
  const isWords = /^[a-z0-9]{1,16}(?:[-_][a-z0-9]{1,16})+$/.test(run);
  return isMixed || (digits > MOST_DIGITS_OF_WORDS && !isWords);
}

function withoutKeys(path: string): string {
  return path.replace(MAYBE_KEY, (run) => (isKey(run) ? '…' : run));
}

/** The last `@` before which there is a `:` ends what names a user: a password that is not escaped may have anything in it. */
function withoutUser(rest: string): string {
  const at = rest.lastIndexOf('@');
  return at > 0 && (rest.slice(0, at).includes(':') || !rest.slice(0, at).includes('/'))
    ? `…${rest.slice(at)}`
    : rest;
}

/** The marks at the end of what was taken for a URL: they belong to the sentence around it. */
function marksBehind(url: string): string {
  let from = url.length;
  while (from > 0 && MARKS.has(url[from - 1] ?? '')) from--;
  return url.slice(from);
}

/** Where the query begins, or a fragment that is like one; -1 for nowhere. */
function startOfQuery(url: string): number {
  const at = url.search(/[?#]/);
  return at === -1 || url[at] === '?' || url.includes('=', at) ? at : -1;
}

function withoutSecrets(_url: string, scheme: string, rest: string): string {
  if (/^file:/i.test(scheme)) return scheme + rest;
  const known = withoutUser(rest);
  const at = startOfQuery(known);
  if (at === -1) return scheme + withoutKeys(known);
  return `${scheme}${withoutKeys(known.slice(0, at))}${known[at]}…${marksBehind(known)}`;
}

/**
 * A text with the URLs in it as they may be shown: without user and password, without a query, and without what looks like a key in their paths, as
 * RPC providers have it there, whose clients quote the whole URL in their errors.
 */
export function withoutUrlSecrets(text: string): string {
  return /:\\?\//.test(text) ? text.replace(URL_IN_TEXT, withoutSecrets) : text;
}
