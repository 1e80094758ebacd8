import { SourceError } from '../trace-source.js';
import type { JaegerAddress } from './jaeger-address.js';
import { AnswerTooLarge, brokenOff, didNotAnswer, refuse, unreachable } from './jaeger-faults.js';

/** What a server answered, whether it is a Jaeger or not. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export interface RequestOptions {
  readonly address: JaegerAddress;
  /** Path below the base path, with its query. */
  readonly path: string;
  /** Longest wait for the answer to begin, and then for more of it. */
  readonly timeoutMs: number;
  /** Largest answer that is taken. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether this server has answered before, so that it is the one that was meant. */
  readonly hasAnswered?: boolean | undefined;
}

/** Ends a request once nothing came for so long. */
function createPatience({ timeoutMs, signal }: RequestOptions) {
  const controller = new AbortController();
  const giveUp = (): void => controller.abort(new DOMException('nothing came', 'TimeoutError'));
  const timer = setTimeout(giveUp, timeoutMs);
  const leave = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) leave();
  signal?.addEventListener('abort', leave, { once: true });
  return {
    signal: controller.signal,
    somethingCame: () => timer.refresh(),
    end(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    },
  };
}

async function readBody(response: Response, options: RequestOptions, onChunk: () => void): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  try {
    for await (const chunk of response.body ?? []) {
      onChunk();
      byteCount += chunk.length;
      if (byteCount > options.maxBytes) throw new AnswerTooLarge(options);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw isTimeout(error) ? didNotAnswer(options, error) : brokenOff(options, byteCount, error);
  }
  return Buffer.concat(chunks, byteCount);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/**
 * Asks a server, and takes its answer whole.
 * @throws SourceError where it cannot be reached, falls silent, breaks off, redirects, wants a sign-in, or answers more than `maxBytes`.
 */
export async function request(options: RequestOptions): Promise<Answer> {
  const { address, path } = options;
  const patience = createPatience(options);
  try {
    const response = await fetch(`${address.baseUrl}${path}`, {
      headers: { accept: 'application/json', ...address.headers },
      redirect: 'manual',
      signal: patience.signal,
    }).catch((error: unknown) => {
      throw isTimeout(error) ? didNotAnswer(options, error) : unreachable(options, error);
    });
    patience.somethingCame();
    refuse(address, response);
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? 'no content type',
      body: await readBody(response, options, patience.somethingCame),
    };
  } finally {
    patience.end();
  }
}

/** The JSON values of a body: one, or one a line where the answer was streamed; none where it is no JSON. */
export function jsonOf(answer: Answer): readonly unknown[] {
  const body = answer.body.toString('utf8');
  try {
    return [JSON.parse(body)];
  } catch {
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) return [];
    try {
      return lines.map((line): unknown => JSON.parse(line));
    } catch {
      return [];
    }
  }
}
