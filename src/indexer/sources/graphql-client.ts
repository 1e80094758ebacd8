import pRetry, { AbortError } from 'p-retry';
import { networkReason } from '../network-reason.js';
import { showValue } from '../show-value.js';
import { SourceUnavailableError } from './source.js';

const REQUEST_TIMEOUT_MS = 30_000;
const RETRIES = 5;
const FIRST_PAUSE_MS = 200;
const WORTH_A_RETRY = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface GraphqlClient {
  /** The endpoint, without credentials. */
  readonly url: string;
  /**
   * The `data` of an answer. Asks again, with growing pauses, while the server is away, busy or does not answer in 30 s.
   * @throws SourceUnavailableError when it stays so, or answers something that is not GraphQL; GraphqlError when it refuses the query.
   */
  request(query: string, variables: Record<string, unknown>, signal: AbortSignal): Promise<unknown>;
}

/** The server understood the request and answered `errors`. */
export class GraphqlError extends SourceUnavailableError {}

function messagesOf(errors: unknown[]): string {
  return errors
    .map((error) => (error as { message?: unknown } | null)?.message ?? showValue(error))
    .join('; ');
}

function readAnswer(answer: { url: string; status: number; body: string }): unknown {
  const { url, status, body } = answer;
  const notGraphql = (cause?: unknown) =>
    new SourceUnavailableError(
      `${url}: expected a GraphQL answer, found HTTP ${status} with ${showValue(body)}; is this the GraphQL endpoint (…/v1/graphql)?`,
      { cause },
    );
  let parsed: { data?: unknown; errors?: unknown } | null;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    throw notGraphql(cause);
  }
  if (Array.isArray(parsed?.errors) && parsed.errors.length > 0)
    throw new GraphqlError(`${url}: expected rows, found a refusal: ${messagesOf(parsed.errors)}`);
  if (typeof parsed?.data === 'object' && parsed.data !== null) return parsed.data;
  throw notGraphql();
}

/** `fetch` takes no credentials in a URL: they become a header. */
function splitCredentials(spec: string): { url: string; headers: Record<string, string> } {
  const url = new URL(spec);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url: url.href,
    headers: username ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {},
  };
}

export interface GraphqlClientOptions {
  readonly url: string;
  /** Hasura's admin secret, if the server wants one. */
  readonly adminSecret?: string;
  /** Pause before the first of five retries, in ms; it doubles each time. 200 where left out. */
  readonly firstPauseMs?: number;
}

/** A client of one endpoint. */
export function createGraphqlClient(options: GraphqlClientOptions): GraphqlClient {
  const { url, headers } = splitCredentials(options.url);
  if (options.adminSecret !== undefined) headers['x-hasura-admin-secret'] = options.adminSecret;

  async function send(body: string, signal: AbortSignal): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      return { response, text: await response.text() };
    } catch (cause) {
      throw new Error(networkReason(cause, REQUEST_TIMEOUT_MS), { cause });
    }
  }

  async function ask(body: string, signal: AbortSignal): Promise<unknown> {
    const { response, text } = await send(body, signal);
    if (response.status >= 300 && response.status < 400)
      throw new AbortError(
        new SourceUnavailableError(
          `${url}: expected a GraphQL answer, found HTTP ${response.status}, a redirect to ${showValue(response.headers.get('location'))}; ` +
            'redirects are not followed: give that URL if it is the endpoint',
        ),
      );
    if (WORTH_A_RETRY.has(response.status))
      throw new Error(`HTTP ${response.status} with ${showValue(text)}`);
    try {
      return readAnswer({ url, status: response.status, body: text });
    } catch (error) {
      throw new AbortError(error as Error);
    }
  }

  async function request(query: string, variables: Record<string, unknown>, signal: AbortSignal) {
    const body = JSON.stringify({ query, variables });
    try {
      return await pRetry(() => ask(body, signal), {
        retries: RETRIES,
        minTimeout: options.firstPauseMs ?? FIRST_PAUSE_MS,
        randomize: true,
        signal,
        shouldRetry: () => !signal.aborted,
      });
    } catch (cause) {
      if (cause instanceof SourceUnavailableError || signal.aborted) throw cause;
      throw new SourceUnavailableError(
        `${url}: expected an answer, found none in ${RETRIES + 1} attempts: ${(cause as Error).message}`,
        { cause },
      );
    }
  }

  return { url, request };
}
