/** A URL, also one within JSON, whose slashes and quotes may have backslashes before them. What stands before it need not be a space. */
const URL_IN_TEXT = /(?<![a-z])([a-z][a-z0-9+.-]{0,14}:(?:\\?\/){2})([^\s"`]+)/gi;

/** URLs within URLs are looked through so deep; what is deeper is not shown. */
const DEEPEST = 4;

/** What a provider's key is made of; those that are known are longer than what people call things. */
const MAYBE_KEY = /[\w-]{20,}={0,2}/g;
/** A version, a year: more digits than these are in no words. */
const MOST_DIGITS_OF_WORDS = 4;
const CID = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{50,}|k[a-z0-9]{50,})$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What is found by number, or by a hash that says so, is no secret. A key is one long run of letters and digits, or has capitals in the middle of it. */
function isKey(run: string): boolean {
  if (UUID.test(run)) return true;
  if (/^0x/i.test(run) || CID.test(run) || /^\d+$/.test(run)) return false;
  const digits = run.match(/\d/g)?.length ?? 0;
  const isMixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && digits > 0;
  const isWords = /^[a-z0-9]{1,16}(?:[-_][a-z0-9]{1,16})+$/.test(run);
  return isMixed || (digits > MOST_DIGITS_OF_WORDS && !isWords);
}

/** Where a user and a password end, at an `@`; -1 for none. A password that is not escaped may have anything in it, but what follows a host's port is none. */
function endOfUser(rest: string): number {
  const [authority = ''] = /^[^/?#]*/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  if (
    at !== -1 ||
    !authority.includes(':') ||
    /^[^:]*:\d{0,5}\\?$/.test(authority) ||
    authority.startsWith('[')
  )
    return at;
  return rest.lastIndexOf('@');
}

/** Where the query begins, or a fragment that is like one; -1 for nowhere. */
function startOfQuery(url: string): number {
  const at = url.search(/[?#]/);
  return at === -1 || url[at] === '?' || url.includes('=', at) ? at : -1;
}

const MARKS = new Set(`)]}>.,;:!'*\\`);

/** What is behind a query: what a quote ends, or the marks at the end, which belong to the sentence around it. */
function behindQuery(query: string): string {
  const quote = query.search(/['<>]/);
  if (quote !== -1) return query.slice(quote);
  let from = query.length;
  while (from > 0 && MARKS.has(query[from - 1] ?? '')) from--;
  return query.slice(from);
}

function showUrl(scheme: string, rest: string, depth: number): string {
  if (depth > DEEPEST) return `${scheme}…`;
  if (/^file:/i.test(scheme)) return scheme + show(rest, depth + 1);
  const end = endOfUser(rest);
  const known = end === -1 ? rest : rest.slice(end);
  const at = startOfQuery(known);
  const path = show(at === -1 ? known : known.slice(0, at), depth + 1).replace(MAYBE_KEY, (run) =>
    isKey(run) ? '…' : run,
  );
  const query = at === -1 ? '' : `${known[at]}…${show(behindQuery(known.slice(at)), depth + 1)}`;
  return `${scheme}${end === -1 ? '' : '…'}${path}${query}`;
}

function show(text: string, depth: number): string {
  if (!/:\\?\//.test(text)) return text;
  return text.replace(URL_IN_TEXT, (_url, scheme: string, rest: string) => showUrl(scheme, rest, depth));
}

/**
 * A text with the URLs in it as they may be shown: without user and password, without a query, and without what looks like a key in their paths, as
 * RPC providers have it there, whose clients quote the whole URL in their errors.
 */
export function withoutUrlSecrets(text: string): string {
  return show(text, 0);
}
