import { getAddress } from 'viem';

/** An account or contract, EIP-55 checksummed. */
export type Address = `0x${string}`;

const ADDRESS = /^0x[0-9a-f]{40}$/i;

/** A text of 20 bytes in hex, in whatever case, as a checksummed address; undefined for anything else. */
export function toAddress(value: unknown): Address | undefined {
  return typeof value === 'string' && ADDRESS.test(value) ? getAddress(value.toLowerCase()) : undefined;
}
