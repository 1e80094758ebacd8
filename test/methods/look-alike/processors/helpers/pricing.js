import { BaseHandler } from '../internal.js';

export const isHandler = (value) => value instanceof BaseHandler;

export const getTokenAmountInUsd = async (provider, token, amount, timestampMs) => {
  const price = await provider.getTokenPrice(token.code, timestampMs);
  return { amountInUsd: String((Number(amount) * price) / 10 ** token.decimals) };
};

export const getUsdInTokenAmount = async (provider, token, amountInUsd, timestampMs) => {
  const price = await provider.getTokenPrice(token.code, timestampMs);
  return { amount: BigInt(Math.floor((Number(amountInUsd) / price) * 10 ** token.decimals)) };
};
