import { describeError } from '../src/tracing/describe-error.js';

const MOST_CODES = 16;
const texts = new Map<string, string>();

/** Notes what an error comes from that has a code, and no text: where no address of a host answers, there is one error for each, and that of all has none. */
export function noteWithoutText(error: unknown): void {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (message !== '' || typeof code !== 'string') return;
  if (texts.size >= MOST_CODES) texts.clear();
  const text = describeError(error).message;
  const isOther = (texts.get(code) ?? text) !== text;
  texts.set(code, isOther ? '' : text);
}

/** What those with this code came from; empty where nothing is known of that, or they came from different ones. */
export function textOfCode(code: string): string {
  return texts.get(code) ?? '';
}
