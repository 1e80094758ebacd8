/** An account or contract, EIP-55 checksummed. */
export type Address = `0x${string}`;
