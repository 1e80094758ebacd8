import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Address, toAddress } from './address.js';
import { BUILT_IN_TOKENS, type Token } from './built-in-tokens.js';
import { showValue } from './show-value.js';

export type { Token } from './built-in-tokens.js';

export interface Tokens {
  /** The token of an address on a chain, or undefined. */
  find(chainId: number, address: Address): Token | undefined;
}

/** PostgreSQL has no place for a NUL in a text. */
const TEXT = /^[^\0]+$/;

const TOKEN_ROW = z.object({
  chainId: z
    .int('a whole number')
    .positive('1 or more')
    .max(2 ** 31 - 1, 'below 2^31'),
  address: z.string('an address').transform((value, context): Address => {
    const address = toAddress(value);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'an address of 20 bytes as 0x and 40 hex digits' });
    return z.NEVER;
  }),
  code: z.string('a text').regex(TEXT, 'a text'),
  decimals: z.int('a whole number from 0 to 77').min(0, '0 or more').max(77, '77 or less'),
  priceCode: z.string('a text').regex(TEXT, 'a text').optional(),
});

function keyOf(chainId: number, address: Address): string {
  return `${chainId}/${address}`;
}

/** Tokens to be found by chain and address: the built-in ones, and `more`, which wins where both know an address. */
export function createTokens(more: readonly Token[] = []): Tokens {
  const tokens = [...BUILT_IN_TOKENS, ...more].map(
    (token) => [keyOf(token.chainId, token.address), token] as const,
  );
  const byKey = new Map<string, Token>(tokens);
  return { find: (chainId, address) => byKey.get(keyOf(chainId, address)) };
}

function readRow(text: string, position: string): Token | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${position}: expected a JSON object, found ${showValue(text)}`;
  }
  const result = TOKEN_ROW.safeParse(value);
  if (result.success) return { ...result.data, priceCode: result.data.priceCode ?? result.data.code };
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.') || 'token'}: ${message}`);
  return `${position}: expected {"chainId","address","code","decimals"}, found ${showValue(value)}: ${wrong.join('; ')}`;
}

/**
 * Reads a file of tokens, NDJSON: `{"chainId":10,"address":"0x…","code":"OP","decimals":18,"priceCode":"OP"}`, where `priceCode` may be
 * left out if it is `code`. Every line that is wrong is one of `problems`.
 * @throws Error of the file system where the file cannot be read
 */
export function readTokenFile(path: string): { tokens: Token[]; problems: string[] } {
  const tokens: Token[] = [];
  const problems: string[] = [];
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const row = readRow(line, `${path}:${index + 1}`);
    if (typeof row === 'string') problems.push(row);
    else tokens.push(row);
  }
  return { tokens, problems };
}
