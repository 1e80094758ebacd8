import type { Address } from './address.js';

/** A token that donations are made in. */
export interface Token {
  readonly chainId: number;
  readonly address: Address;
  readonly code: string;
  readonly decimals: number;
  /** The `tokenCode` of its prices; usually `code`. */
  readonly priceCode: string;
}

export interface Tokens {
  /** The token of an address on a chain, or undefined. */
  find(chainId: number, address: Address): Token | undefined;
}
