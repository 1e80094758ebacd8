/** Where a Jaeger is, and how it lets us in. */
export interface JaegerAddress {
  /** Without credentials, query and trailing slash; a base path is kept. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Reads the address of a Jaeger: `http://host:16686`, also with a base path, a trailing slash, or `user:password@`, which becomes a
 * header and is never shown. Undefined where the text is no http(s) URL.
 */
export function readJaegerAddress(text: string): JaegerAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined;
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  return {
    baseUrl: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    headers:
      credentials === ':'
        ? {}
        : { authorization: `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}` },
  };
}

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Reads a header of one's own, `name: value`, with its name in lower case. Undefined where it is none; what it holds may be a secret,
 * so whoever says that it is wrong does not repeat it.
 */
export function readHeader(text: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = HEADER.exec(text.trim()) ?? [];
  return name === undefined || !value ? undefined : { name: name.toLowerCase(), value };
}
