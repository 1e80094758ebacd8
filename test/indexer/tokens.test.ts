import { getAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_TOKENS } from '../../src/indexer/built-in-tokens.js';
import { createTokens, readTokenFile } from '../../src/indexer/tokens.js';
import { temporaryFile } from './fixtures.js';

const codesOf = (chainId: number) =>
  new Set(BUILT_IN_TOKENS.filter((token) => token.chainId === chainId).map(({ code }) => code));

describe('tokens', () => {
  it('are there without a file for the four chains', () => {
    expect([...codesOf(42161)]).toEqual(expect.arrayContaining(['ETH', 'USDC', 'ARB']));
    for (const chainId of [1, 10, 8453])
      expect([...codesOf(chainId)]).toEqual(expect.arrayContaining(['ETH', 'DAI', 'USDC']));
  });

  it('are listed by addresses with the right checksum, each once', () => {
    for (const { address } of BUILT_IN_TOKENS) expect(getAddress(address.toLowerCase())).toBe(address);
    expect(new Set(BUILT_IN_TOKENS.map(({ chainId, address }) => `${chainId}/${address}`)).size).toBe(
      BUILT_IN_TOKENS.length,
    );
  });

  it('are found by chain and address', () => {
    const tokens = createTokens();
    const usdc = '0xaf88d065e77c8cC2239327C5EDb3A432268e5831';
    expect(tokens.find(42161, usdc)).toEqual({
      chainId: 42161,
      address: usdc,
      code: 'USDC',
      decimals: 6,
      priceCode: 'USDC',
    });
    expect(tokens.find(10, usdc)).toBeUndefined();
  });

  it('of a file come beside the built-in ones, and before them', () => {
    const path = temporaryFile(
      'tokens.ndjson',
      `{"chainId":10,"address":"0x4200000000000000000000000000000000000042","code":"OPX","decimals":9,"priceCode":"OP"}\r\n
{"chainId":137,"address":"0xc2132d05d31c914a87c6611c10748aeb04b58e8f","code":"USDT","decimals":6}`,
    );
    const file = readTokenFile(path);
    const tokens = createTokens(file.tokens);
    expect(file.problems).toEqual([]);
    expect(tokens.find(10, '0x4200000000000000000000000000000000000042')).toMatchObject({
      code: 'OPX',
      decimals: 9,
    });
    expect(tokens.find(137, '0xc2132D05D31c914a87C6611C10748AEb04B58e8F')).toMatchObject({
      priceCode: 'USDT',
    });
    expect(tokens.find(1, '0x0000000000000000000000000000000000000000')?.code).toBe('ETH');
  });

  it('of a file are all checked, and every bad line is told with its number', () => {
    const path = temporaryFile(
      'tokens.ndjson',
      '{"chainId":10\n{"chainId":10,"address":"0x12","code":"\\u0000","decimals":-1}\n[]\n{"chainId":1,"address":"0x4200000000000000000000000000000000000042","code":"A","decimals":0}\n',
    );
    const { tokens, problems } = readTokenFile(path);
    expect(tokens).toHaveLength(1);
    expect(problems.map((problem) => problem.slice(path.length, path.length + 2))).toEqual([
      ':1',
      ':2',
      ':3',
    ]);
    expect(problems[1]).toMatch(/address: an address of 20 bytes.*code: a text.*decimals: 0 or more/);
  });
});
