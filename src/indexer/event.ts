import type { Address } from './address.js';
import { type AllocatedArgs, decodeAllocated } from './decode/allocated.js';
import { decodePoolCreated, type PoolCreatedArgs } from './decode/pool-created.js';
import {
  decodeRegistered,
  decodeUpdatedRegistration,
  type RegisteredArgs,
  type UpdatedRegistrationArgs,
} from './decode/registration.js';
import { decodeStatusRow, type StatusRowArgs } from './decode/status-row.js';

/** An event of a contract, as `raw_events` has it, with its envelope checked and its numbers as numbers. */
export interface IndexerEvent {
  readonly chainId: number;
  readonly blockNumber: number;
  /** Seconds since 1970. */
  readonly blockTimestamp: number;
  readonly logIndex: number;
  readonly contractName: string;
  readonly eventName: string;
  readonly srcAddress: Address;
  /** As they came; `decodeEvent` reads them. */
  readonly params: Record<string, unknown>;
  readonly transactionFields: {
    readonly hash: string;
    readonly transactionIndex: number;
    readonly from?: Address;
  };
}

interface Handled<Kind extends string, Args> {
  readonly kind: Kind;
  readonly event: IndexerEvent;
  readonly args: Args;
}

export type PoolCreated = Handled<'PoolCreated', PoolCreatedArgs>;
export type RegisteredWithSender = Handled<'RegisteredWithSender', RegisteredArgs>;
export type UpdatedRegistrationWithStatus = Handled<'UpdatedRegistrationWithStatus', UpdatedRegistrationArgs>;
export type RecipientStatusUpdatedWithFullRow = Handled<'RecipientStatusUpdatedWithFullRow', StatusRowArgs>;
export type AllocatedWithOrigin = Handled<'AllocatedWithOrigin', AllocatedArgs>;

/** An event of the donation path, decoded. */
export type HandledEvent =
  | PoolCreated
  | RegisteredWithSender
  | UpdatedRegistrationWithStatus
  | RecipientStatusUpdatedWithFullRow
  | AllocatedWithOrigin;

/**
 * Decodes an event of the donation path: addresses checksummed, amounts as bigints, registration data read from its ABI encoding.
 * `undefined` is an event that is not handled, to be counted and not stored.
 * @throws BadEventError naming the parameter, what was expected and what was found.
 */
export function decodeEvent(event: IndexerEvent): HandledEvent | undefined {
  const { params } = event;
  switch (`${event.contractName}.${event.eventName}`) {
    case 'Allo.PoolCreated':
      return { kind: 'PoolCreated', event, args: decodePoolCreated(params) };
    case 'Strategy.RegisteredWithSender':
      return { kind: 'RegisteredWithSender', event, args: decodeRegistered(params) };
    case 'Strategy.UpdatedRegistrationWithStatus':
      return { kind: 'UpdatedRegistrationWithStatus', event, args: decodeUpdatedRegistration(params) };
    case 'Strategy.RecipientStatusUpdatedWithFullRow':
      return { kind: 'RecipientStatusUpdatedWithFullRow', event, args: decodeStatusRow(params) };
    case 'Strategy.AllocatedWithOrigin':
      return { kind: 'AllocatedWithOrigin', event, args: decodeAllocated(params) };
    default:
      return undefined;
  }
}
