import type { Address } from '../address.js';
import { addressParam, amountParam } from './params.js';

/** `Strategy.AllocatedWithOrigin`: a donation. */
export interface AllocatedArgs {
  /** The application, by the anchor of its project. */
  readonly recipientId: Address;
  /** In the token's smallest unit. */
  readonly amount: bigint;
  readonly token: Address;
  readonly sender: Address;
  /** The donor. */
  readonly origin: Address;
}

/** @throws BadEventError */
export function decodeAllocated(params: Record<string, unknown>): AllocatedArgs {
  return {
    recipientId: addressParam(params, 'recipientId'),
    amount: amountParam(params, 'amount'),
    token: addressParam(params, 'token'),
    sender: addressParam(params, 'sender'),
    origin: addressParam(params, 'origin'),
  };
}
