import type { Address } from '../address.js';
import { addressParam, amountParam, bytes32Param, type MetadataPointer, metadataParam } from './params.js';

/** `Allo.PoolCreated`: a round. */
export interface PoolCreatedArgs {
  /** The round's id: the pool id in decimal digits. */
  readonly roundId: string;
  readonly profileId: `0x${string}`;
  readonly strategy: Address;
  /** The matching token. */
  readonly token: Address;
  /** Funds at creation, in the token's smallest unit. */
  readonly amount: bigint;
  readonly metadata: MetadataPointer;
}

/** @throws BadEventError */
export function decodePoolCreated(params: Record<string, unknown>): PoolCreatedArgs {
  return {
    roundId: amountParam(params, 'poolId').toString(),
    profileId: bytes32Param(params, 'profileId'),
    strategy: addressParam(params, 'strategy'),
    token: addressParam(params, 'token'),
    amount: amountParam(params, 'amount'),
    metadata: metadataParam(params, 'metadata'),
  };
}
