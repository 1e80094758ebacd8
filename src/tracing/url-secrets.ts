const URL_IN_TEXT = /\b([a-z][a-z0-9+.-]{0,14}:\/\/)([^\s"'<>`]+)/gi;

/** Keys of providers are longer than this, and what people call things is mostly shorter. */
const SHORTEST_KEY = 20;
/** A version, a year of two digits. */
const MOST_DIGITS_OF_WORDS = 3;
const CID = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{50,})$/;

/** Whether a part of a path is likely a key, as in the addresses of RPC providers: no hash, which begins with 0x, no CID, and no words. */
function isKey(segment: string): boolean {
  if (segment.length < SHORTEST_KEY || !/^[\w-]+$/.test(segment)) return false;
  if (/^0x/i.test(segment) || CID.test(segment)) return false;
  const digits = segment.match(/\d/g)?.length ?? 0;
  const isMixed = /[a-z]/.test(segment) && /[A-Z]/.test(segment);
  return digits > MOST_DIGITS_OF_WORDS || (isMixed && digits > 0);
}

function withoutSecrets(_url: string, scheme: string, rest: string): string {
  const [, path = '', query = ''] = /^([^?#]*)(.*)$/.exec(rest) ?? [];
  const [authority = '', ...segments] = path.split('/');
  const host = authority.includes('@') ? `…@${authority.slice(authority.lastIndexOf('@') + 1)}` : authority;
  const shown = [host, ...segments.map((segment) => (isKey(segment) ? '…' : segment))].join('/');
  return `${scheme}${shown}${/^\?[^#]*=/.test(query) ? '?…' : query}`;
}

/**
 * A text with the URLs in it as they may be shown: without user and password, without a query, and without what looks like a key in their paths, as
 * RPC providers have it there, whose clients quote the whole URL in their errors.
 */
export function withoutUrlSecrets(text: string): string {
  return text.includes('://') ? text.replace(URL_IN_TEXT, withoutSecrets) : text;
}
