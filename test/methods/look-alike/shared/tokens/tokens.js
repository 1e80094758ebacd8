const TOKENS = {
  '0x0000000000000000000000000000000000000000': { code: 'ETH', decimals: 18 },
  '0xaf88d065e77c8cC2239327C5EDb3A432268e5831': { code: 'USDC', decimals: 6 },
};

export const getTokenOrThrow = (chainId, address) => {
  const token = TOKENS[address];
  if (!token) throw new Error(`Unknown token: ${address} on chain ${chainId}`);
  return { ...token, address };
};
