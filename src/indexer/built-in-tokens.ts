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

const NATIVE = '0x0000000000000000000000000000000000000000';
/** How the Allo contracts name a chain's own coin in a pool. */
const ALLO_NATIVE = '0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE';

type Row = [code: string, address: Address, decimals: number];

const ETHER: Row[] = [
  ['ETH', NATIVE, 18],
  ['ETH', ALLO_NATIVE, 18],
];

const BY_CHAIN: ReadonlyArray<[chainId: number, rows: Row[]]> = [
  [
    1,
    [
      ...ETHER,
      ['USDC', '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48', 6],
      ['DAI', '0x6B175474E89094C44Da98b954EedeAC495271d0F', 18],
    ],
  ],
  [
    10,
    [
      ...ETHER,
      ['USDC', '0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85', 6],
      ['USDC', '0x7F5c764cBc14f9669B88837ca1490cCa17c31607', 6],
      ['DAI', '0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1', 18],
      ['OP', '0x4200000000000000000000000000000000000042', 18],
    ],
  ],
  [
    8453,
    [
      ...ETHER,
      ['USDC', '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', 6],
      ['DAI', '0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb', 18],
    ],
  ],
  [
    42161,
    [
      ...ETHER,
      ['USDC', '0xaf88d065e77c8cC2239327C5EDb3A432268e5831', 6],
      ['USDC', '0xFF970A61A04b1cA14834A43f5dE4533eBDDB5CC8', 6],
      ['DAI', '0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1', 18],
      ['ARB', '0x912CE59144191C1204E64559FE8253a0e49E6548', 18],
      ['GTC', '0x7f9a7DB853Ca816B9A138AEe3380Ef34c437dEe0', 18],
    ],
  ],
];

/** The tokens that are known without a file, checksummed. */
export const BUILT_IN_TOKENS: readonly Token[] = BY_CHAIN.flatMap(([chainId, rows]) =>
  rows.map(([code, address, decimals]) => ({ chainId, address, code, decimals, priceCode: code })),
);

/** The chains that they are on. */
export const BUILT_IN_CHAINS: readonly number[] = BY_CHAIN.map(([chainId]) => chainId);
