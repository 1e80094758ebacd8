import pRetry, { AbortError } from 'p-retry';
import { BadEventError } from '../bad-event-error.js';
import { networkReason } from '../network-reason.js';

const REQUEST_TIMEOUT_MS = 10_000;
const RETRIES = 3;
const FIRST_PAUSE_MS = 250;

/** An answer that will not get better by asking again soon. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const text = await response.text();
    if (response.ok) return text;
    const refusal = new Error(`HTTP ${response.status}`);
    throw isFinal(response.status) ? new AbortError(refusal) : refusal;
  } catch (cause) {
    if (cause instanceof AbortError) throw cause;
    throw new Error(networkReason(cause, REQUEST_TIMEOUT_MS), { cause });
  }
}

/**
 * Reads documents from an IPFS gateway: `<url>/ipfs/<cid>`, where `/ipfs` may be part of the URL already. A gateway that is away, busy
 * or does not answer in 10 s is asked three times more, with growing pauses.
 * The reader throws BadEventError MISSING_DOCUMENT.
 */
export function createGateway(options: { url: string }): (cid: string) => Promise<string> {
  const base = options.url.replace(/\/+$/, '').replace(/\/ipfs$/, '');
  return async (cid) => {
    const url = `${base}/ipfs/${cid}`;
    try {
      return await pRetry(() => ask(url), { retries: RETRIES, minTimeout: FIRST_PAUSE_MS, randomize: true });
    } catch (cause) {
      const found = (cause as Error).message;
      throw new BadEventError('MISSING_DOCUMENT', `document ${cid}: expected it at ${url}; ${found}`, {
        cause,
      });
    }
  };
}
